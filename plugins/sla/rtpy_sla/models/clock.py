"""Clocks and pauses as they were worked out from a ticket's history, and the ticket's line in lists."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class TicketSla(Base):
    """What lists and searches ask of a ticket: one row for each that has, or had, a policy, a ball or a promise."""

    __tablename__ = "sla_tickets"
    __table_args__ = (
        Index("ix_sla_tickets_next_due", "next_due", "ticket_id"),
        Index("ix_sla_tickets_policy_id", "policy_id"),
        Index(
            "ix_sla_tickets_wakes",
            "wakes",
            sqlite_where=sql("wakes IS NOT NULL"),
            postgresql_where=sql("wakes IS NOT NULL"),
        ),
    )

    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, cascade=True)
    policy_id: Mapped[int | None] = ref("sla_policies.id")
    version_id: Mapped[int | None] = ref("sla_policy_versions.id")
    offered_version_id: Mapped[int | None] = ref("sla_policy_versions.id")
    """What would fit now, while nobody has said what becomes of the clocks."""
    ball: Mapped[str] = mapped_column(String(10), default="us", server_default="us")
    wakes: Mapped[datetime | None]
    """When a pause that was agreed until then ends by itself."""
    next_due: Mapped[datetime | None]
    next_target: Mapped[str] = mapped_column(String(20), default="", server_default="")
    is_missed: Mapped[flag]
    """A target was missed, and not excused."""
    is_paused: Mapped[flag]
    played: Mapped[utc]
    """When all this was worked out."""


class ClockRow(Base):
    """`rtpy_sla.clocks.clock.Clock` as a row."""

    __tablename__ = "sla_clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "target", "cycle"),
        Index("ix_sla_clocks_settled_target", "settled", "target"),
        Index("ix_sla_clocks_version_id", "version_id"),
        # For what is about to slip, which is asked for in the order of what is due next.
        Index(
            "ix_sla_clocks_due",
            "due",
            sqlite_where=sql("state = 'running'"),
            postgresql_where=sql("state = 'running'"),
        ),
        Index(
            "ix_sla_clocks_next_step",
            "next_step",
            sqlite_where=sql("next_step IS NOT NULL"),
            postgresql_where=sql("next_step IS NOT NULL"),
        ),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    target: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[count]
    state: Mapped[str] = mapped_column(String(10))
    started: Mapped[utc]
    started_by: Mapped[count]
    due: Mapped[datetime | None]
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(10))
    used: Mapped[count]
    since: Mapped[datetime | None]
    left: Mapped[int | None]
    paused: Mapped[count]
    closed: Mapped[count]
    counted_from: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    missed: Mapped[datetime | None]
    settled: Mapped[datetime | None]
    """When it began to count in reports: the earlier of `missed` and `ended`."""
    version_id: Mapped[int | None] = ref("sla_policy_versions.id")
    """None for promises on tickets without a policy."""
    calendar_id: Mapped[int | None]
    calendar_versions: Mapped[list[int]] = mapped_column(Json)
    excuse: Mapped[text]
    excused_by_id: Mapped[int | None] = ref("users.id")
    excused_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(String(200), default="", server_default="")
    person_id: Mapped[int | None] = ref("users.id")
    label: Mapped[text]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    next_step: Mapped[datetime | None]
    """When the next step of its ladder is due; the worker looks for those that are past."""


class PauseRow(Base):
    """`rtpy_sla.clocks.clock.Pause` as a row."""

    __tablename__ = "sla_pauses"
    __table_args__ = (
        Index("ix_sla_pauses_ticket_id", "ticket_id"),
        Index(
            "ix_sla_pauses_customer_wrote",
            "customer_wrote",
            sqlite_where=sql("customer_wrote IS NOT NULL"),
            postgresql_where=sql("customer_wrote IS NOT NULL"),
        ),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    ball: Mapped[str] = mapped_column(String(10))
    start: Mapped[utc]
    end: Mapped[datetime | None]
    began_by: Mapped[count]
    by_id: Mapped[int | None] = ref("users.id")
    reason: Mapped[text]
    is_by_hand: Mapped[flag]
    ended_by: Mapped[int | None]
    ended_why: Mapped[str] = mapped_column(String(10), default="", server_default="")
    customer_wrote: Mapped[datetime | None]
