"""What people want to be told by mail and when, what waits for their digest, and addresses that get no mail."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, text, utc
from rtpy.db.types import Json


class NotificationChoice(Base):
    """One person's choices; who has none gets everything at once."""

    __tablename__ = "notification_choices"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    suspended: Mapped[flag]
    """No mail about tickets at all, for now."""
    hour: Mapped[int] = mapped_column(default=8, server_default="8")
    """When the digest comes, by the person's own clock."""
    choices: Mapped[dict[str, str]] = mapped_column(Json)
    """Event to `now`, `digest` or `none`; what is missing is `now`."""
    updated: Mapped[utc]


class DigestItem(Base):
    """A mail that waits for somebody's next digest; gone once it is in one."""

    __tablename__ = "digest_items"
    __table_args__ = (Index("ix_digest_items_user_id", "user_id"),)

    mail_id: Mapped[int] = ref("outgoing_mails.id", primary_key=True, cascade=True)
    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    address: Mapped[str] = mapped_column(String(320))
    """Under which the person stands among the mail's recipients."""


class SuppressedAddress(Base):
    """An address, or a whole domain, to which no mail about tickets goes."""

    __tablename__ = "suppressed_addresses"

    id: Mapped[id_]
    pattern: Mapped[str] = mapped_column(String(320), unique=True)
    """In lower case: `ann@client.example`, or `@client.example` for everybody there."""
    cause: Mapped[str] = mapped_column(String(16))
    """hand, complaint or bounces."""
    note: Mapped[text]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
