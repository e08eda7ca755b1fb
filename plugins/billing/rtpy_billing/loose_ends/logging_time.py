"""Loose ends of the bill that lie with who worked: time that nobody wrote down, or wrote down and left."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import exists, func, or_, select

from rtpy.models import Ticket
from rtpy_billing.loose_ends.values import End, Found, Kind, Look
from rtpy_billing.models import Timer, WorkEntry, Worker, not_invoiced

REMEMBERED_DAYS = 90
DAYS_CHECKED = 14
"""So many days back somebody's days are looked at."""


def find_closed_without_time(look: Look) -> Iterable[Found]:
    """We answered, it is closed, and no minute was logged."""
    query = select(Ticket.id, Ticket.owner_id, Ticket.organization_id, Ticket.resolved).where(
        Ticket.type == "ticket",
        Ticket.merged_into_id.is_(None),
        Ticket.status.in_(look.work.app.lifecycles.inactive_statuses()),
        Ticket.status.not_in(("deleted", "rejected")),
        Ticket.told.is_not(None),
        Ticket.resolved > look.before(days=REMEMBERED_DAYS),
        Ticket.last_updated > look.before(days=REMEMBERED_DAYS),
        Ticket.time_worked == 0,
        ~exists(select(WorkEntry.id).where(WorkEntry.ticket_id == Ticket.id).correlate(Ticket)),
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.id}:{int(row.resolved.timestamp())}",
            since=row.resolved,
            owner_id=None if row.owner_id == look.nobody_id else row.owner_id,
            ticket_id=row.id,
            organization_id=row.organization_id,
        )


def find_old_timers(look: Look) -> Iterable[Found]:
    """A timer that runs for hours, or that was paused and forgotten."""
    running, paused = look.before(hours=look.limit("timer_hours")), look.before(days=3)
    query = select(Timer.id, Timer.user_id, Timer.ticket_id, Timer.started, Timer.began, Timer.seen).where(
        or_(Timer.started < running, (Timer.started.is_(None)) & (Timer.seen < paused))
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.started or row.began,
            owner_id=row.user_id,
            ticket_id=row.ticket_id,
            thing_id=row.id,
            detail="running" if row.started else "paused",
        )


def find_short_days(look: Look) -> Iterable[Found]:
    """Days of the last two weeks with less than the expected part of somebody's hours: one row for each person."""
    db, percent = look.work.db, look.limit("day_percent")
    first = look.today - timedelta(days=DAYS_CHECKED)
    workers = db.execute(select(Worker.user_id, Worker.week).where(Worker.week.is_not(None))).all()
    if not workers or not percent:
        return
    sums = select(WorkEntry.worked_by_id, WorkEntry.worked_on, func.sum(WorkEntry.worked_seconds)).where(
        WorkEntry.worked_on >= first, WorkEntry.worked_by_id.in_([row.user_id for row in workers])
    )
    logged = {
        (who, day): int(seconds)
        for who, day, seconds in db.execute(sums.group_by(WorkEntry.worked_by_id, WorkEntry.worked_on))
    }
    for row in workers:
        missing: dict[date, int] = {}
        for back in range(DAYS_CHECKED, 0, -1):
            day = look.today - timedelta(days=back)
            expected, seconds = row.week[day.weekday()], logged.get((row.user_id, day), 0)
            if seconds * 100 < expected * percent:
                missing[day] = expected - seconds
        if missing:
            oldest, minutes = min(missing), sum(missing.values()) // 60
            yield Found(
                key=f"{row.user_id}:{max(missing).isoformat()}:{len(missing)}",
                since=look.start_of(oldest + timedelta(days=1)),
                owner_id=row.user_id,
                thing_id=oldest.toordinal(),
                number=len(missing),
                detail=f"{minutes // 60}:{minutes % 60:02} missing since {oldest.isoformat()}",
            )


def find_old_drafts(look: Look) -> Iterable[Found]:
    """Work that somebody logged days ago and has not handed in: one row for each person."""
    limit = look.today - timedelta(days=look.limit("draft_days"))
    query = (
        select(
            WorkEntry.worked_by_id,
            func.min(WorkEntry.worked_on).label("first"),
            func.count().label("number"),
            func.max(WorkEntry.id).label("last"),
        )
        .where(not_invoiced(), WorkEntry.state == "draft", WorkEntry.worked_on < limit)
        .group_by(WorkEntry.worked_by_id)
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.worked_by_id}:{row.first.isoformat()}:{row.last}",
            since=look.start_of(row.first),
            owner_id=row.worked_by_id,
            number=row.number,
        )


def find_waiting_corrections(look: Look) -> Iterable[Found]:
    """A correction that nobody has approved."""
    query = select(
        WorkEntry.id,
        WorkEntry.created,
        WorkEntry.worked_by_id,
        WorkEntry.ticket_id,
        WorkEntry.organization_id,
    ).where(not_invoiced(), WorkEntry.corrects_id.is_not(None), WorkEntry.state != "approved")
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.created,
            owner_id=row.worked_by_id,
            ticket_id=row.ticket_id,
            organization_id=row.organization_id,
            thing_id=row.id,
        )


KINDS = (
    Kind(
        "closed_without_time",
        End.BILL,
        "Closed, answered, and no time logged",
        "Log what it took, if it took anything.",
        "Log time",
        find_closed_without_time,
    ),
    Kind(
        "old_timer",
        End.BILL,
        "Timers that were forgotten",
        "Stop it and keep what is true of it.",
        "Look at it",
        find_old_timers,
    ),
    Kind(
        "short_day",
        End.BILL,
        "Days with hours missing",
        "Less was logged than was expected: fill in what is missing.",
        "Open the day",
        find_short_days,
    ),
    Kind(
        "old_draft",
        End.BILL,
        "Work that was not handed in",
        "Logged days ago and still a draft: nobody can approve it.",
        "Hand in",
        find_old_drafts,
    ),
    Kind(
        "waiting_correction",
        End.BILL,
        "Corrections that wait for approval",
        "Approve it or send it back.",
        "Look at it",
        find_waiting_corrections,
    ),
)
