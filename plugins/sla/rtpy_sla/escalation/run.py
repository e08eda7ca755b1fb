"""The minute's round: clocks whose next step has come, due moments that have passed, pauses that are over.

Every ticket is locked before its clocks are looked at, as a change of it does; one that somebody else has in hand is
passed over and comes next time. So two workers neither wait for each other nor take a step twice, and whatever of a
round was not committed is done by the next one.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import State
from rtpy_sla.escalation.deeds import Occasion
from rtpy_sla.escalation.firing import LATE, take_step
from rtpy_sla.escalation.mails import send_waiting
from rtpy_sla.escalation.people import People
from rtpy_sla.following.ladders import Taken, grace_of, ladder_of, steps_taken
from rtpy_sla.following.recount import recount
from rtpy_sla.following.rows import clock_of
from rtpy_sla.following.standing import hours_of_clock
from rtpy_sla.ladder import Due, Ladder, next_step
from rtpy_sla.models import ClockRow, TicketSla

log = logging.getLogger("rtpy.sla")

BATCH = 25
"""Tickets that are locked together."""
AGAIN = timedelta(minutes=10)
"""A ticket that could not be looked after is tried again then."""
MOST_STEPS = 200
"""Of one ticket in one round."""


def escalate(app: App) -> int:
    """One round; how much was done."""
    done = 0
    with app.work(reading=True) as work:
        waiting = due_tickets(work)
    for begin in range(0, len(waiting), BATCH):
        done += _look_after(app, waiting[begin : begin + BATCH])
    with app.work() as work:
        done += send_waiting(work)
    return done


ESCALATION = Chore("sla escalation", 60.0, escalate)


def due_tickets(work: Work) -> list[int]:
    """The tickets that something is to be done about now, the longest overdue first."""
    now, found = work.now, dict[int, datetime]()
    steps = select(ClockRow.ticket_id, ClockRow.next_step).where(ClockRow.next_step <= now)
    wakes = select(TicketSla.ticket_id, TicketSla.wakes).where(TicketSla.wakes <= now)
    missed = (
        select(ClockRow.ticket_id, ClockRow.due)
        .join(TicketSla, TicketSla.ticket_id == ClockRow.ticket_id)
        .where(
            TicketSla.next_due < now,
            ClockRow.state == State.RUNNING.value,
            ClockRow.missed.is_(None),
            ClockRow.due < now,
        )
    )
    for query in (steps, wakes, missed):
        for ticket_id, at in work.db.execute(query):
            if at is not None:
                found[ticket_id] = min(at, found.get(ticket_id, at))
    return sorted(found, key=lambda ticket_id: (found[ticket_id], ticket_id))


def look_after(work: Work, ticket_ids: Sequence[int]) -> int:
    """Bring the clocks of these tickets up to date and take the steps that are due; how much was done.

    Tickets that somebody else has locked are passed over.
    """
    locked = work.db.scalars(
        select(Ticket.id)
        .where(Ticket.id.in_(ticket_ids))
        .order_by(Ticket.id)
        .with_for_update(skip_locked=True, of=Ticket)
    ).all()
    if not locked:
        return 0
    tickets = {
        ticket.id: ticket
        for ticket in work.db.scalars(
            select(Ticket)
            .where(Ticket.id.in_(locked))
            .options(joinedload(Ticket.queue), joinedload(Ticket.owner))
            .execution_options(populate_existing=True)
        )
    }
    done, people = 0, People()
    done += _catch_up(work, tickets)
    taken = steps_taken(work.db, locked)
    clocks = _clocks(work, locked)
    for ticket_id in ticket_ids:
        if ticket_id in tickets:
            done += _take_steps(work, tickets[ticket_id], clocks.get(ticket_id, []), taken, people)
    return done


def _look_after(app: App, ticket_ids: Sequence[int]) -> int:
    """In a transaction of its own; when that fails, each ticket in one of its own."""
    try:
        with app.work() as work:
            return look_after(work, ticket_ids)
    except Exception:
        if len(ticket_ids) > 1:
            return sum(_look_after(app, [ticket_id]) for ticket_id in ticket_ids)
        log.exception("the clocks of ticket %s could not be looked after", ticket_ids[0])
    with app.work() as work:
        work.db.execute(
            update(ClockRow)
            .where(ClockRow.ticket_id.in_(ticket_ids), ClockRow.next_step <= work.now)
            .values(next_step=work.now + AGAIN)
        )
    return 0


def _catch_up(work: Work, tickets: dict[int, Ticket]) -> int:
    """Work out again what has changed by mere time: pauses that are over, due moments that have passed."""
    now = work.now
    asleep = select(TicketSla.ticket_id).where(TicketSla.ticket_id.in_(tickets), TicketSla.wakes <= now)
    missed = select(ClockRow.ticket_id).where(
        ClockRow.ticket_id.in_(tickets),
        ClockRow.state == State.RUNNING.value,
        ClockRow.missed.is_(None),
        ClockRow.due < now,
    )
    behind = {*work.db.scalars(asleep), *work.db.scalars(missed)}
    for ticket_id in sorted(behind):
        recount(work, tickets[ticket_id])
    return len(behind)


def _clocks(work: Work, ticket_ids: Sequence[int]) -> dict[int, list[ClockRow]]:
    """The rows of the clocks that run, or that say that a step is to come."""
    rows = work.db.scalars(_CLOCKS, {"ids": list(ticket_ids)})
    found: dict[int, list[ClockRow]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    return found


def _take_steps(work: Work, ticket: Ticket, rows: Sequence[ClockRow], taken: Taken, people: People) -> int:
    """The steps of one ticket's clocks, in the order of their moments; what comes next is noted at the end."""
    done, grace = 0, grace_of(work.app, work.db)
    known = {key: set(keys) for key, keys in taken.items() if key[0] == ticket.id}
    for _ in range(MOST_STEPS):
        coming = [_next(work, row, known, grace) for row in rows]
        due = min(
            ((found[1], found[0], place) for place, found in enumerate(coming) if found),
            key=lambda each: (each[0].at, each[2]),
            default=None,
        )
        if due is None or due[0].at > work.now:
            break
        step, ladder, place = due
        row = rows[place]
        is_late = work.now - step.at > LATE
        occasion = Occasion(ticket, clock_of(row), ladder, step.step, step.at, is_late)
        known.setdefault((ticket.id, row.target, row.cycle, ladder.id), set()).add(step.step.key)
        changed = take_step(work, occasion, people)
        done += changed is not None
        if changed:
            rows = _clocks(work, [ticket.id]).get(ticket.id, [])
    for row in rows:
        found = _next(work, row, known, grace)
        row.next_step = found[1].at if found else None
    work.db.flush()
    return done


def _next(
    work: Work, row: ClockRow, known: dict[tuple[int, str, int, int], set[str]], grace: int
) -> tuple[Ladder, Due] | None:
    ladder = ladder_of(work.app, work.db, row.version_id)
    if ladder is None:
        return None
    clock: Clock = clock_of(row)
    keys = known.get((row.ticket_id, row.target, row.cycle, ladder.id), ())
    due = next_step(ladder.steps, clock, hours_of_clock(work, clock), keys, grace)
    return None if due is None else (ladder, due)


_CLOCKS = (
    select(ClockRow)
    .where(
        ClockRow.ticket_id.in_(bindparam("ids", expanding=True)),
        (ClockRow.state == State.RUNNING.value) | ClockRow.next_step.is_not(None),
    )
    .order_by(ClockRow.id)
    .execution_options(populate_existing=True)
)
