"""Tokens of people for their programs: with one a program calls in somebody's name, as far as its scope reaches."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, utc
from rtpy.db.types import Json


class AuthToken(Base):
    """One token. Its text, `ID-USER-SECRET`, is shown once; only a hash of the secret is kept."""

    __tablename__ = "auth_tokens"

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the 128 random bits."""
    name: Mapped[short]
    level: Mapped[str] = mapped_column(String(8))
    """`read`, `write` or `admin`."""
    queues: Mapped[list[int] | None] = mapped_column(Json)
    """Ids of the only queues that it is about; None: all."""
    creator_id: Mapped[int] = ref("users.id")
    """Who made it: its user as a rule."""
    created: Mapped[utc]
    expires: Mapped[datetime | None]
    """None: never."""
    last_used: Mapped[datetime | None]
    """To the minute."""
    last_peer: Mapped[short]
    """The address from which it was used last."""
    revoked: Mapped[datetime | None]
