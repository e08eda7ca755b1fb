"""Keys of feeds: a calendar or a news reader fetches a search by one, without a login."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, text, utc


class FeedKey(Base):
    """One address of a feed. It shows what its user may see at the time of asking."""

    __tablename__ = "feed_keys"

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the 256 random bits in the address."""
    name: Mapped[short]
    kind: Mapped[str] = mapped_column(String(16), default="ticket", server_default="ticket")
    """What is searched."""
    query: Mapped[text]
    """The search, with every level in parentheses, so that it reads alike by both rules; empty: all."""
    created: Mapped[utc]
    last_used: Mapped[datetime | None]
    """To the hour."""
    revoked: Mapped[datetime | None]
