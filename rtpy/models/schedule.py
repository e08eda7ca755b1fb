"""Schedules: what is done again and again to the tickets that a search finds; and the log of it."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, big_key, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class Schedule(Base):
    """When it is time: search tickets, ask a condition of each, do an action."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("name"), Index("ix_schedules_next_at", "next_at"))

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    search: Mapped[dict[str, object]] = mapped_column(Json)
    """A `rtpy.search.selection.Selection` as plain values."""
    condition: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """A kind from the registry of scrips; empty: all that are found."""
    condition_argument: Mapped[text]
    action: Mapped[str] = mapped_column(String(64))
    action_argument: Mapped[text]
    template_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    transaction: Mapped[str] = mapped_column(String(8), default="", server_default="")
    """What the action is about: `first`, `last`, `all` transactions of the ticket; empty: the run itself."""
    every_minutes: Mapped[count]
    """0: by `rule`."""
    rule: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    """A `rtpy.content.recurring.Rule` as plain values; empty with `every_minutes`."""
    repeat: Mapped[str] = mapped_column(String(8), default="changed", server_default="changed")
    """When it acts on the same ticket again: `changed` after somebody changed it, `hours`, or `always`."""
    repeat_hours: Mapped[count]
    disabled: Mapped[flag]
    next_at: Mapped[datetime | None]
    """When it is due; None: never again."""
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]
    created: Mapped[utc]


class ScheduleRun(Base):
    """One run of a schedule: how many tickets it found, and what became of them."""

    __tablename__ = "schedule_runs"
    __table_args__ = (Index("ix_schedule_runs_schedule_id_id", "schedule_id", "id"),)

    id: Mapped[id_]
    schedule_id: Mapped[int] = ref("schedules.id", cascade=True)
    started: Mapped[utc]
    finished: Mapped[datetime | None]
    found: Mapped[count]
    done: Mapped[count]
    skipped: Mapped[count]
    failed: Mapped[count]
    error: Mapped[text]
    """Why the whole run ended early; empty as a rule."""
    entries: Mapped[list[dict[str, object]]] = mapped_column(Json, default=list)
    """The first of those that were done and that failed: ticket, outcome, reason."""


class ScheduleDone(Base):
    """When a schedule last acted on a ticket."""

    __tablename__ = "schedule_done"

    schedule_id: Mapped[int] = ref("schedules.id", primary_key=True, cascade=True)
    ticket_id: Mapped[int] = mapped_column(big_key, primary_key=True, autoincrement=False)
    at: Mapped[utc]
