"""Users: every person that ever wrote, worked or was named, with or without a password."""

from datetime import datetime

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rtpy.db.base import Base, id_, ref, short, text, utc
from rtpy.models.principal import Principal

SYSTEM_USER = "RT_System"
NOBODY = "Nobody"


class User(Base):
    """A person; privileged (staff) by membership of the group Privileged, not by a column."""

    __tablename__ = "users"
    id: Mapped[int] = ref("principals.id", primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email_address: Mapped[str | None] = mapped_column(String(320))
    """Unique without regard to case; None when the person has none."""
    real_name: Mapped[short]
    nick_name: Mapped[short]
    gecos: Mapped[short]
    """The name of the account on other machines, as RT keeps it."""
    organization: Mapped[short]
    """RT's line of text; client companies are `organization_members`."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    lang: Mapped[short]
    timezone: Mapped[short]
    comments: Mapped[text]
    signature: Mapped[text]
    work_phone: Mapped[short]
    mobile_phone: Mapped[short]
    home_phone: Mapped[short]
    pager_phone: Mapped[short]
    address1: Mapped[short]
    address2: Mapped[short]
    city: Mapped[short]
    state: Mapped[short]
    zip: Mapped[short]
    country: Mapped[short]
    undeliverable: Mapped[int] = mapped_column(default=0, server_default="0")
    """Permanent delivery failures in a row for the address; 2 or more marks it as undeliverable."""
    merged_into_id: Mapped[int | None] = ref("users.id")
    """The person that this one turned out to be; always one that is not merged itself."""
    anonymised: Mapped[datetime | None]
    """When everything that tells who they were was taken away; nothing brings it back, no directory either."""
    creator_id: Mapped[int | None]
    created: Mapped[utc]
    last_updated: Mapped[datetime | None]
    principal: Mapped[Principal] = relationship(lazy="raise_on_sql")

    @property
    def display_name(self) -> str:
        """The name to show people."""
        return self.real_name or self.nick_name or self.name


class UserAddress(Base):
    """A further mail address of a person, in lower case; `users.email_address` is the one that we write to."""

    __tablename__ = "user_addresses"

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    created: Mapped[utc]


Index("uq_users_name_folded", func.lower(User.name), unique=True)
Index("uq_users_email_address_folded", func.lower(User.email_address), unique=True)
# Partial: few people are merged, and an index of NULLs lures the planner away from the useful ones.
Index(
    "ix_users_merged_into_id",
    User.merged_into_id,
    sqlite_where=User.merged_into_id.is_not(None),
    postgresql_where=User.merged_into_id.is_not(None),
)
