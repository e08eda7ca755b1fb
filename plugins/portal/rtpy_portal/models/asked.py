"""How a request came in by the form of the portal."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, ref


class Asked(Base):
    """One request that somebody asked by the form."""

    __tablename__ = "portal_asked"

    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, cascade=True)
    topic_id: Mapped[int | None] = mapped_column(index=True)
    """A number alone: the request stays what it was when the topic is gone."""
    language: Mapped[str] = mapped_column(String(10), default="en", server_default="en")
    page: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """The page of the portal from which the form was opened; empty when it was opened by itself."""
    is_proved: Mapped[flag]
    """Whoever asked was logged in; otherwise the address is only what was typed."""
    form: Mapped[str] = mapped_column(String(64), unique=True)
    """A hash of the form's own number: one form makes one request."""
