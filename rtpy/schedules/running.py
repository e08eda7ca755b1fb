"""The chore that runs schedules: each when it is due, by one worker, each ticket in a transaction of its own."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.content.recurring import next_moment, rule_of
from rtpy.db.leases import is_over
from rtpy.errors import RtpyError
from rtpy.jobs.worker import Chore
from rtpy.mail.lease import lease_owner
from rtpy.models import Schedule, ScheduleDone, ScheduleRun, Ticket
from rtpy.schedules.doing import DONE, FAILED, SKIPPED, Deed, Result, condition_of, do_deed
from rtpy.scrips.preview import occasion_of
from rtpy.search.run import UTC as UTC_ZONE
from rtpy.search.selection import selected, selection_of
from rtpy.work import Work

log = logging.getLogger("rtpy.schedules")

LEASE = timedelta(minutes=5)
KEPT_RUNS = 200
KEPT_ENTRIES = 50
CHANGED, HOURS, ALWAYS = "changed", "hours", "always"
REPEATS = (CHANGED, HOURS, ALWAYS)
STOPPED = "The worker stopped in the middle of it; the next run does the rest."


def run_due(app: App) -> int:
    """Run the schedules that are due, one after the other; says how many."""
    with app.work(reading=True) as work:
        due = work.db.execute(
            select(Schedule.id, Schedule.next_at)
            .where(Schedule.next_at <= work.now, Schedule.disabled.is_(False))
            .order_by(Schedule.next_at)
            .limit(20)
        ).all()
    return sum(_run(app, number, moment) for number, moment in due if moment is not None)


SCHEDULES = Chore("schedules", 10.0, run_due)


def deed_of(schedule: Schedule) -> Deed:
    """What a schedule does to a ticket."""
    return Deed(
        schedule.name,
        schedule.action,
        schedule.action_argument,
        schedule.condition,
        schedule.condition_argument,
        schedule.template_name,
        schedule.transaction,
    )


def next_run(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment later than `after`, by the minutes (counted from midnight in UTC) or by the rule."""
    if not schedule.every_minutes:
        return next_moment(rule_of(schedule.rule), after) if schedule.rule else None
    step = timedelta(minutes=schedule.every_minutes)
    midnight = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ((after - midnight) // step + 1) * step


def tickets_for(work: Work, schedule: Schedule) -> list[int]:
    """The tickets that the search finds, without those for which the schedule has done enough. One query."""
    zone = ZoneInfo(rule_of(schedule.rule).zone) if schedule.rule else UTC_ZONE
    return selected(work, selection_of(schedule.search), also=_again(schedule, work.now), zone=zone)


def holding(work: Work, ticket_ids: Sequence[int], deed: Deed) -> tuple[list[int], list[Result]]:
    """Those for which the condition holds now, and what became of the others: skipped, with the reason, or failed.

    It is asked again when it is done; a condition about transactions is asked only then. One query for 500 tickets.
    """
    kind = condition_of(work, deed)
    if kind is None or deed.transaction:
        return list(ticket_ids), []
    held, others = [], []
    for begin in range(0, len(ticket_ids), 500):
        some = Ticket.id.in_(ticket_ids[begin : begin + 500])
        for ticket in work.db.scalars(select(Ticket).where(some).order_by(Ticket.id)):
            try:
                refusal = kind.holds(occasion_of(work, ticket, "Schedule"), deed.condition_argument)
            except (RtpyError, LookupError, ValueError, TypeError) as error:
                others.append(Result(ticket.id, ticket.subject, FAILED, str(error)[:1000]))
                continue
            if refusal is None:
                held.append(ticket.id)
            else:
                others.append(Result(ticket.id, ticket.subject, SKIPPED, refusal))
    return held, others


def _run(app: App, number: int, moment: datetime) -> int:
    me = lease_owner()
    run = _claim(app, number, moment, me)
    if run is None:
        return 0
    counts: Counter[str] = Counter()
    entries: list[Result] = []
    error = ""
    found: list[int] = []
    try:
        with app.work(reading=True) as work:
            schedule = work.db.get_one(Schedule, number)
            deed = deed_of(schedule)
            found = tickets_for(work, schedule)
            held, others = holding(work, found, deed)
            entries += [each for each in others if each.outcome == FAILED]
        counts[SKIPPED] = len(others) - len(entries)
        counts[FAILED] = len(entries)
        for ticket_id in held:
            result = _one(app, number, ticket_id, deed, me)
            if result is None:
                error = "Another worker took it over, or it was switched off, in the middle of it."
                break
            counts[result.outcome] += 1
            if result.outcome in (DONE, FAILED) and len(entries) < KEPT_ENTRIES:
                entries.append(result)
    except Exception as broken:
        ours = isinstance(broken, RtpyError | LookupError)
        log.error("schedule %s failed: %s", number, broken, exc_info=not ours)
        error = f"{'' if ours else f'{type(broken).__name__}: '}{broken}"[:1000]
    _finish(app, number, run, me, len(found), counts, entries, error)
    return 1


def _claim(app: App, number: int, moment: datetime, me: str) -> int | None:
    """Take the schedule for this run and set its next moment; the number of the run, None when it is taken."""
    with app.work() as work:
        schedule = work.db.get(Schedule, number)
        if schedule is None:
            return None
        changed = work.db.execute(
            update(Schedule)
            .where(
                Schedule.id == number,
                Schedule.next_at == moment,
                Schedule.disabled.is_(False),
                or_(
                    Schedule.lease_until.is_(None),
                    is_over(Schedule.lease_until, work.now, LEASE),
                ),
            )
            .values(next_at=next_run(schedule, work.now), lease_owner=me, lease_until=work.now + LEASE)
        )
        if not isinstance(changed, CursorResult) or not changed.rowcount:
            return None
        work.db.execute(
            update(ScheduleRun)
            .where(ScheduleRun.schedule_id == number, ScheduleRun.finished.is_(None))
            .values(finished=work.now, error=STOPPED)
        )
        run = ScheduleRun(schedule_id=number, started=work.now, entries=[])
        work.db.add(run)
        work.db.flush()  # its number is the answer
        work.db.execute(
            delete(ScheduleRun).where(
                ScheduleRun.schedule_id == number,
                ScheduleRun.id.in_(
                    select(ScheduleRun.id)
                    .where(ScheduleRun.schedule_id == number)
                    .order_by(ScheduleRun.id.desc())
                    .offset(KEPT_RUNS)
                ),
            )
        )
        return run.id


def _one(app: App, number: int, ticket_id: int, deed: Deed, me: str) -> Result | None:
    """One ticket in a transaction of its own that renews the lease; None when the lease is lost."""
    try:
        with app.work() as work:
            renewed = work.db.execute(
                update(Schedule)
                .where(Schedule.id == number, Schedule.lease_owner == me, Schedule.disabled.is_(False))
                .values(lease_until=work.now + LEASE)
            )
            if not isinstance(renewed, CursorResult) or not renewed.rowcount:
                return None
            result = do_deed(work, ticket_id, deed)
            if result.outcome == DONE:
                work.db.merge(ScheduleDone(schedule_id=number, ticket_id=ticket_id, at=work.now))
            return result
    except Exception as broken:  # what shows only when it is committed
        log.exception("schedule %s failed on ticket %s", number, ticket_id)
        return Result(ticket_id, "", FAILED, f"{type(broken).__name__}: {broken}"[:1000])


def _finish(
    app: App,
    number: int,
    run: int,
    me: str,
    found: int,
    counts: Counter[str],
    entries: Sequence[Result],
    error: str,
) -> None:
    with app.work() as work:
        row = work.db.get(ScheduleRun, run)
        if row is not None:
            row.finished, row.found, row.error = work.now, found, error
            row.done, row.skipped, row.failed = counts[DONE], counts[SKIPPED], counts[FAILED]
            row.entries = [
                {"ticket": each.ticket_id, "outcome": each.outcome, "reason": each.reason[:300]}
                for each in entries[:KEPT_ENTRIES]
            ]
        work.db.execute(
            update(Schedule)
            .where(Schedule.id == number, Schedule.lease_owner == me)
            .values(lease_owner="", lease_until=None)
        )


def _again(schedule: Schedule, now: datetime) -> ColumnElement[bool] | None:
    """Tickets to which it may be done again."""
    if schedule.repeat == ALWAYS:
        return None
    mine = and_(ScheduleDone.schedule_id == schedule.id, ScheduleDone.ticket_id == Ticket.id)
    if schedule.repeat == HOURS:
        enough = ScheduleDone.at > now - timedelta(hours=schedule.repeat_hours)
    else:
        enough = ScheduleDone.at >= Ticket.last_updated
    return ~exists().where(mine, enough)
