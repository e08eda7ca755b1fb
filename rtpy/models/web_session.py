"""Web sessions: who is logged in where; the cookie's token is stored hashed."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, utc
from rtpy.db.types import Json


class WebSession(Base):
    """One browser's session."""

    __tablename__ = "web_sessions"

    id: Mapped[id_]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the 256 random bits in the cookie."""
    user_id: Mapped[int | None] = ref("users.id", index=True, cascade=True)
    """None before the login."""
    csrf_token: Mapped[str] = mapped_column(String(64))
    created: Mapped[utc]
    seen: Mapped[utc]
    expires: Mapped[utc]
    revoked: Mapped[datetime | None]
    peer: Mapped[short]
    user_agent: Mapped[short]
    data: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    """Flash messages and small choices."""
    kind: Mapped[str] = mapped_column(String(8), default="web", server_default="web")
    """`web`, or `rest`: begun by a program, and good for no page."""
