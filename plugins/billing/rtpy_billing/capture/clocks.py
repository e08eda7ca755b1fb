"""A person's timers as pages show them, and when one that runs was probably forgotten."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from rtpy.models import Ticket, Transaction
from rtpy.plugin_settings import setting
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.models import Timer, Worker


@dataclass(frozen=True, slots=True)
class Clock:
    """One timer; `subject` is empty for a ticket that its person may not see any more.

    `asks` says why it was probably forgotten: `idle` (nothing was done for long), `day` (the working day is over), or
    nothing. `evidence` is the last moment at which its person did something, `day_end` the end of that day.
    """

    id: int
    ticket_id: int | None
    subject: str
    label: str
    seconds: int
    is_running: bool
    work_type_id: int | None
    asks: str = ""
    evidence: datetime | None = None
    day_end: datetime | None = None

    @property
    def name(self) -> str:
        """What it stands for."""
        return f"#{self.ticket_id}" if self.ticket_id is not None else self.label or "Other work"


def read_clocks(work: Work, zone: tzinfo) -> tuple[Clock, ...]:
    """The actor's own, the one that runs first. One query, and one more while one has run for long."""
    sees = work.rights.of(Right.SHOW_TICKET).visible()
    rows = work.db.execute(
        select(Timer, case((sees, Ticket.subject), else_="").label("subject"), Worker.day_ends)
        .outerjoin(Ticket, Ticket.id == Timer.ticket_id)
        .outerjoin(Worker, Worker.user_id == Timer.user_id)
        .where(Timer.user_id == work.actor.user_id)
        .order_by(Timer.started.is_(None), Timer.id)
    ).all()
    return tuple(_clock(work, row.Timer, row.subject or "", row.day_ends, zone) for row in rows)


def _clock(work: Work, timer: Timer, subject: str, day_ends: int | None, zone: tzinfo) -> Clock:
    running = max(0, int((work.now - timer.started).total_seconds())) if timer.started is not None else 0
    asks, evidence, day_end = "", None, None
    if timer.started is not None:
        asks, evidence, day_end = _doubt(work, timer, timer.started, day_ends, zone)
    return Clock(
        timer.id,
        timer.ticket_id,
        subject,
        timer.label,
        timer.seconds + running,
        timer.started is not None,
        timer.work_type_id,
        asks,
        evidence,
        day_end,
    )


def _doubt(
    work: Work, timer: Timer, started: datetime, day_ends: int | None, zone: tzinfo
) -> tuple[str, datetime | None, datetime | None]:
    app, db, now = work.app, work.db, work.now
    usual = int(setting(app, db, "billing.day_ends")) * 60
    local = started.astimezone(zone).date()
    end = _at_minute(local, usual if day_ends is None else day_ends, zone)
    midnight = _at_minute(local, 24 * 60, zone)
    confirmed = max(started, timer.seen)
    over = any(confirmed < each <= now for each in (end, midnight))
    idle = timedelta(minutes=int(setting(app, db, "billing.idle_minutes")))
    if not over and now - confirmed < idle:
        return "", None, None
    evidence = max(confirmed, _last_deed(db, timer.user_id, started) or confirmed)
    day_end = end if started < end <= now else None
    if over:
        return "day", evidence, day_end
    return ("idle", evidence, day_end) if now - evidence >= idle else ("", None, None)


def _at_minute(day: date, minute: int, zone: tzinfo) -> datetime:
    whole, rest = divmod(minute, 24 * 60)
    clock = time(rest // 60, rest % 60)
    return datetime.combine(day + timedelta(days=whole), clock, zone).astimezone(UTC)


def _last_deed(db: Session, user_id: int, since: datetime) -> datetime | None:
    found: datetime | None = db.scalar(
        select(func.max(Transaction.created)).where(
            Transaction.creator_id == user_id, Transaction.created >= since
        )
    )
    return found
