"""Custom roles: roles that an administrator adds to Requestor, Cc, AdminCc and Owner, and where they apply."""

from sqlalchemy import Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, big_key, count, flag, id_, ref, short

PREFIX = "CustomRole-"
"""A watcher's role is this and the id of the custom role."""


class CustomRole(Base):
    """A role of tickets or assets, for one person (`max_values` 1) or for any number of people and groups (0)."""

    __tablename__ = "custom_roles"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    max_values: Mapped[count]
    entry_hint: Mapped[short]
    """Shown beside the field: whom to write there."""
    lookup: Mapped[str] = mapped_column(String(16), default="ticket", server_default="ticket")
    """Of what it is a role: `ticket` or `asset`."""
    disabled: Mapped[flag]

    @property
    def is_single(self) -> bool:
        """For exactly one person, who is Nobody at first."""
        return self.max_values == 1

    @property
    def role(self) -> str:
        """How watchers and grants name it."""
        return f"{PREFIX}{self.id}"


Index("uq_custom_roles_name_folded", func.lower(CustomRole.name), unique=True)


class CustomRolePlace(Base):
    """A queue or catalog in which a custom role applies."""

    __tablename__ = "custom_role_places"
    __table_args__ = (UniqueConstraint("custom_role_id", "object_type", "object_id"),)

    id: Mapped[id_]
    custom_role_id: Mapped[int] = ref("custom_roles.id", cascade=True)
    object_type: Mapped[str] = mapped_column(String(16), default="queue", server_default="queue")
    """`queue` or `catalog`."""
    object_id: Mapped[int] = mapped_column(big_key)
    sort_order: Mapped[count]
