"""Groups, who is directly in them, and the closure that answers "is in it, however deep"."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short

EVERYONE = "Everyone"
PRIVILEGED = "Privileged"
UNPRIVILEGED = "Unprivileged"


class Group(Base):
    """A group of principals; domain `SystemInternal` for Everyone, Privileged, Unprivileged, else `UserDefined`."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("domain", "name"),)

    id: Mapped[int] = ref("principals.id", primary_key=True)
    domain: Mapped[str] = mapped_column(String(32), default="UserDefined")
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    created: Mapped[datetime]
    second_factor: Mapped[flag]
    """Whoever is in it, however deep, logs in with a second factor."""


class GroupMember(Base):
    """A direct membership of a user or a group in a group."""

    __tablename__ = "group_members"
    __table_args__ = (UniqueConstraint("group_id", "member_id"),)

    id: Mapped[id_]
    group_id: Mapped[int] = ref("groups.id", cascade=True)
    member_id: Mapped[int] = ref("principals.id", index=True, cascade=True)


class GroupClosure(Base):
    """One row for each principal that is in a group by any path, the group itself at depth 0 among them."""

    __tablename__ = "group_closure"
    __table_args__ = (Index("ix_group_closure_member_id_group_id", "member_id", "group_id"),)

    group_id: Mapped[int] = ref("groups.id", primary_key=True, cascade=True)
    member_id: Mapped[int] = ref("principals.id", primary_key=True, cascade=True)
    depth: Mapped[int]
    """Length of the shortest path."""
