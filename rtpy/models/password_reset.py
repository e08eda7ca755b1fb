"""Resets of passwords: asked for on the login page, told by mail, good once and not for long."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, text, utc


class PasswordReset(Base):
    """Somebody asked for a new password; `user_id` is known when a worker has looked who that is."""

    __tablename__ = "password_resets"

    id: Mapped[id_]
    created: Mapped[utc]
    peer: Mapped[short]
    asked: Mapped[text]
    """The name or address as it was typed, sealed (people type passwords there), until somebody has looked."""
    user_id: Mapped[int | None] = ref("users.id", index=True, cascade=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of address and password at that time: when either changes, the token is dead."""
    expires: Mapped[datetime | None]
