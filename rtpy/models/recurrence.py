"""Recurring tickets: what is made again and again, and what was made."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class Recurrence(Base):
    """A ticket that is made by a rule, with the values that each new one gets."""

    __tablename__ = "recurrences"
    __table_args__ = (Index("ix_recurrences_next_at", "next_at"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    queue_id: Mapped[int] = ref("queues.id")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[text]
    checklist: Mapped[text]
    """One step a line; stands below the body."""
    requestors: Mapped[text]
    """Addresses between commas."""
    owner_id: Mapped[int | None] = ref("users.id")
    priority: Mapped[int | None]
    due_hours: Mapped[int | None]
    """Each ticket is due so many hours after its moment."""
    fields: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    """Values of custom fields: a list of texts by the field's name."""
    run_as_id: Mapped[int | None] = ref("users.id")
    """Who makes the tickets; None: the system."""
    rule: Mapped[dict[str, object]] = mapped_column(Json)
    """A `rtpy.content.recurring.Rule` as plain values."""
    disabled: Mapped[flag]
    next_at: Mapped[datetime | None]
    created: Mapped[utc]


class RecurrenceTicket(Base):
    """What became of one moment: the ticket, or why there is none. Each moment is here once, whoever works."""

    __tablename__ = "recurrence_tickets"

    recurrence_id: Mapped[int] = ref("recurrences.id", primary_key=True, cascade=True)
    moment: Mapped[utc] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = ref("tickets.id", index=True)
    made: Mapped[utc]
    missed: Mapped[count]
    """Further moments before this one for which nothing was made, because no worker was running."""
    error: Mapped[text]
