"""What people are to be told by mail, until it is bundled and sent."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, utc


class WaitingMail(Base):
    """One person, one step taken: a line of the mail that this person gets next."""

    __tablename__ = "sla_waiting_mails"
    __table_args__ = (
        Index("ix_sla_waiting_mails_not_before", "not_before"),
        Index("ix_sla_waiting_mails_ticket_id", "ticket_id"),
    )

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    target: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[count]
    ladder: Mapped[str] = mapped_column(String(100))
    """Its name then."""
    level: Mapped[count]
    """Whom else it reached: the level of escalation, 0 for none."""
    created: Mapped[utc]
    not_before: Mapped[utc]
    """The end of the quiet hours, or at once."""
