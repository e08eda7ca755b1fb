"""Links that somebody asked for by naming an address: looked up by the worker, so that nobody learns who is known."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, text, utc
from rtpy.db.types import UtcDateTime


class WantedLink(Base):
    """What was asked for, sealed, until the worker has looked; then, of a login, the hash of its token."""

    __tablename__ = "portal_wanted_links"

    id: Mapped[id_]
    created: Mapped[utc]
    peer: Mapped[short]
    asked: Mapped[text]
    """The kind and what was typed, sealed; empty when it was looked at."""
    user_id: Mapped[int | None] = ref("users.id", index=True, cascade=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of the address and the password that it was asked with: with others it is good for nothing."""
    leads_to: Mapped[short]
    expires: Mapped[datetime | None] = mapped_column(UtcDateTime)
