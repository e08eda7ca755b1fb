"""Squelched addresses: who gets no mail of a ticket, whatever role they play there."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref


class Squelch(Base):
    """One address that hears nothing of one ticket."""

    __tablename__ = "squelches"
    __table_args__ = (UniqueConstraint("ticket_id", "address"),)

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    address: Mapped[str] = mapped_column(String(320))
    """In lower case."""
