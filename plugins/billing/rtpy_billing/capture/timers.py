"""Timers on the server: started, paused, stopped, cut; one runs per person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rtpy.errors import Conflict, NotFound, Refused
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_billing.capture.allowed import need_log
from rtpy_billing.models import Timer

MOST_TIMERS = 20
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Started:
    """A timer that runs now, and the one that was paused for it."""

    timer: Timer
    paused: Timer | None = None


def seconds_of(timer: Timer, now: datetime) -> int:
    """How long it ran until now, pauses left out."""
    running = int((now - timer.started).total_seconds()) if timer.started is not None else 0
    return timer.seconds + max(0, running)


def start_timer(
    work: Work, ticket: Ticket | None = None, *, label: str = "", work_type_id: int | None = None
) -> Started:
    """Start a clock on a ticket, or on something named by `label`; one that is there already goes on.

    What runs is paused first. Raises Refused, and Conflict when another device started one at the same moment.
    """
    need_log(work, work.actor.user_id)
    mine = _timers(work)
    words = " ".join(label.split())[:LONGEST_LABEL]
    ticket_id = ticket.id if ticket else None
    known = next((each for each in mine if each.ticket_id == ticket_id and each.label == words), None)
    if known is None and len(mine) >= MOST_TIMERS:
        raise Refused(f"You have {MOST_TIMERS} timers: log or discard some of them first.")
    timer = known or Timer(
        user_id=work.actor.user_id,
        ticket_id=ticket_id,
        label=words,
        work_type_id=work_type_id,
        began=work.now,
        seconds=0,
        seen=work.now,
    )
    return _run(work, timer, mine)


def resume_timer(work: Work, timer: Timer) -> Started:
    """Let a paused one run again. Raises Refused, Conflict."""
    need_log(work, timer.user_id)
    return _run(work, timer, _timers(work))


def pause_timer(work: Work, timer: Timer) -> None:
    """Let it stand; what it ran stays."""
    timer.seconds, timer.started = seconds_of(timer, work.now), None
    timer.seen = work.now
    work.db.flush()


def keep_timer(work: Work, timer: Timer) -> None:
    """Its person says that it is right: it is not asked about again until as much time has passed."""
    timer.seen = timer.warned = work.now
    work.db.flush()


def cut_timer(work: Work, timer: Timer, at: datetime) -> None:
    """Pause it as if that had been done at `at`. Raises Refused for a moment at which it did not run."""
    if timer.started is None or not timer.started <= at <= work.now:
        raise Refused("At that moment this timer did not run.")
    timer.seconds += int((at - timer.started).total_seconds())
    timer.started, timer.seen = None, work.now
    work.db.flush()


def discard_timer(work: Work, timer: Timer) -> None:
    """Throw it away with its time."""
    work.db.delete(timer)
    work.db.flush()


def find_timer(work: Work, timer_id: int) -> Timer:
    """One of the actor's own. Raises NotFound."""
    timer = work.db.get(Timer, timer_id)
    if timer is None or timer.user_id != work.actor.user_id:
        raise NotFound("There is no such timer: it was logged or discarded.")
    return timer


def _timers(work: Work) -> list[Timer]:
    """The actor's own, locked, so that two devices take turns."""
    return list(
        work.db.scalars(
            select(Timer).where(Timer.user_id == work.actor.user_id).order_by(Timer.id).with_for_update()
        )
    )


def _run(work: Work, timer: Timer, mine: list[Timer]) -> Started:
    running = next((each for each in mine if each.started is not None and each is not timer), None)
    if running is not None:
        pause_timer(work, running)
    if timer.started is None:
        timer.started = work.now
    timer.seen = work.now
    try:
        with work.db.begin_nested():
            work.db.add(timer)
            work.db.flush()
    except IntegrityError:
        raise Conflict(
            "Another of your devices has just started a timer: look there, then try again."
        ) from None
    return Started(timer, running)
