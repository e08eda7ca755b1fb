"""The chore that makes recurring tickets: each moment once, however many workers there are."""

import logging
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.recurrences import ticket_for
from rtpy.content.recurring import count_between, moments_after, next_moment, rule_of
from rtpy.errors import RtpyError
from rtpy.jobs.worker import Chore
from rtpy.models import Recurrence, RecurrenceTicket, User
from rtpy.work import Face, Work

log = logging.getLogger("rtpy.schedules")

AT_ONCE = 20


def make_due(app: App) -> int:
    """Make the tickets whose moment has come; says how many moments were worked off."""
    with app.work(reading=True) as work:
        due = work.db.execute(
            select(Recurrence.id, Recurrence.next_at)
            .where(Recurrence.next_at <= work.now, Recurrence.disabled.is_(False))
            .order_by(Recurrence.next_at)
            .limit(AT_ONCE)
        ).all()
    return sum(_make(app, number, moment) for number, moment in due if moment is not None)


RECURRING = Chore("recurring", 15.0, make_due)


def _make(app: App, number: int, moment: datetime) -> int:
    """One ticket in a transaction of its own; 0 when another worker has taken the moment."""
    try:
        with app.work() as work:
            taken = _take(work, number, moment)
            if taken is None:
                return 0
            row, result = taken
            maker = _maker(work, row)
            made = create_ticket(maker, ticket_for(maker, row, result.moment, result.missed))
            result.ticket_id = made.ticket.id
            work.db.add(result)
        return 1
    except Exception as error:
        ours = isinstance(error, RtpyError)
        log.error("recurrence %s made no ticket: %s", number, error, exc_info=not ours)
        reason = f"{'' if ours else f'{type(error).__name__}: '}{error}"[:1000]
    with app.work() as work:
        taken = _take(work, number, moment)
        if taken is None:
            return 0
        taken[1].error = reason
        work.db.add(taken[1])
    return 1


def _take(work: Work, number: int, moment: datetime) -> tuple[Recurrence, RecurrenceTicket] | None:
    """Move the recurrence on to its next moment, if nobody has; the latest moment that has come is the one to do."""
    row = work.db.get(Recurrence, number)
    if row is None:
        return None
    rule = rule_of(row.rule)
    latest = moment
    for later in moments_after(rule, moment):
        if later > work.now:
            break
        latest = later
    changed = work.db.execute(
        update(Recurrence)
        .where(Recurrence.id == number, Recurrence.next_at == moment, Recurrence.disabled.is_(False))
        .values(next_at=next_moment(rule, work.now))
    )
    if not isinstance(changed, CursorResult) or not changed.rowcount:
        return None
    missed = count_between(rule, moment, latest)
    return row, RecurrenceTicket(
        recurrence_id=number, moment=latest, made=work.now, missed=missed, error="", ticket_id=None
    )


def _maker(work: Work, row: Recurrence) -> Work:
    if row.run_as_id is None:
        return work.as_system()
    name = work.db.get_one(User, row.run_as_id).name
    return work.as_actor(work.app.actor_named(work.db, name, Face.SYSTEM))
