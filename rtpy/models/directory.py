"""Directories of people (LDAP, Active Directory), and which of our people stands in which."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class UserDirectory(Base):
    """A directory: where it answers, whom of it we let in, and what we take over of them."""

    __tablename__ = "directories"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="openldap", server_default="openldap")
    """`openldap` or `ad`: how nested groups are asked for; the other settings differ by what was typed."""
    disabled: Mapped[flag]
    position: Mapped[count]
    """Unknown names are looked for in this order."""
    urls: Mapped[list[str]] = mapped_column(Json, default=list)
    """ldap:// or ldaps:// with host and port, the first that answers is asked."""
    tls: Mapped[str] = mapped_column(String(20), default="starttls", server_default="starttls")
    """`starttls`, `ldaps` or `none`."""
    plain_ok: Mapped[flag]
    """Somebody ticked that passwords may go over the net in the clear."""
    ca: Mapped[text]
    """Certificates (PEM) of who signs for the servers; empty: those that the system trusts."""
    bind_dn: Mapped[text]
    """As whom we search; empty: anonymously."""
    bind_password_sealed: Mapped[text]
    base_dn: Mapped[text]
    person_filter: Mapped[text]
    """Who is a person at all, without the name."""
    active_filter: Mapped[text]
    """What only people fit who may log in; empty: all may."""
    login_attributes: Mapped[list[str]] = mapped_column(Json, default=list)
    """By which a name is looked for; the first one gives the name of the account here."""
    unique_attribute: Mapped[str] = mapped_column(
        String(100), default="entryUUID", server_default="entryUUID"
    )
    attributes: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    """Our field (a column of `users`) to the attribute it comes from."""
    required_group_dn: Mapped[text]
    """Only its members are let in, also through groups in it; empty: everybody."""
    group_base_dn: Mapped[text]
    """Where groups are; empty: `base_dn`."""
    group_filter: Mapped[text]
    group_name_attribute: Mapped[str] = mapped_column(String(100), default="cn", server_default="cn")
    group_member_attribute: Mapped[str] = mapped_column(
        String(100), default="member", server_default="member"
    )
    """Of groups: DNs of the members, or with `memberUid` their names."""
    manager_attribute: Mapped[short]
    """Of people: the DN of whom they report to; empty: not taken over."""
    manager_field_id: Mapped[int | None] = ref("custom_fields.id")
    """The custom field of people that holds the manager's name."""
    organization_id: Mapped[int | None] = ref("organizations.id")
    """Whose directory it is; None: ours. A client's people become its members, and are never staff."""
    privileged: Mapped[flag]
    """People of our own directory are made staff."""
    take_over: Mapped[flag]
    """Accounts that have a password or are staff may be linked too, when name or address are the same."""
    local_fallback: Mapped[flag]
    """While no server answers, a linked account's own password is good."""
    sync_people: Mapped[flag]
    """The sync makes accounts for people who never logged in; otherwise it keeps the known ones up to date."""
    sync_groups: Mapped[flag]
    sync_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    """0: only when somebody asks for it."""
    sync_threshold: Mapped[int] = mapped_column(default=20, server_default="20")
    """Percent of the people; a sync that would disable or rename more of them waits for an administrator."""
    created: Mapped[utc]


class DirectoryPerson(Base):
    """Somebody of ours and their entry in a directory: found again by its unique id, whatever is renamed there."""

    __tablename__ = "directory_people"
    __table_args__ = (UniqueConstraint("directory_id", "unique_id"),)

    id: Mapped[id_]
    directory_id: Mapped[int] = ref("directories.id", cascade=True)
    unique_id: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    dn: Mapped[text]
    """As it was when the entry was seen last."""
    seen: Mapped[utc]
