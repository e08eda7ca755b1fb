"""The history of logins: who came in, how and from where, and who was turned away."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, utc


class LoginEvent(Base):
    """One attempt to log in. A name that nobody has is not kept: people type passwords into that field."""

    __tablename__ = "login_events"
    __table_args__ = (Index("ix_login_events_user_id_id", "user_id", "id"),)

    id: Mapped[id_]
    user_id: Mapped[int | None] = ref("users.id", cascade=True)
    """Whose account it was about; None when there is no such account."""
    at: Mapped[utc] = mapped_column(index=True)
    how: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(16))
    """Words of `rtpy.identity.login_history`."""
    peer: Mapped[short]
    user_agent: Mapped[short]
