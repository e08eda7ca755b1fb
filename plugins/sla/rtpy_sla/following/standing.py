"""How tickets stand: what lists, badges and mails say of their clocks, read for a page of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock, Pause
from rtpy_sla.clocks.plan import Hours
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import Ball, State, Target, Unit
from rtpy_sla.following.plans import catalogue_of, plans_of
from rtpy_sla.following.rows import clock_of, pause_of
from rtpy_sla.models import ClockRow, PauseRow, TicketSla

OPEN = (State.RUNNING.value, State.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """One ticket's promises. `next_due` is that of the clock `next_target`; paused clocks have none, but `left`."""

    ticket_id: int
    policy: str
    """Empty for a ticket without one."""
    version_id: int | None
    number: int
    """Of the version."""
    offered_version_id: int | None
    offered: str
    """The policy that would fit now, while nobody has said what becomes of the clocks."""
    ball: Ball
    wakes: datetime | None
    next_target: Target | None
    next_due: datetime | None
    left: int | None
    """Seconds that the next clock has left in its own unit; below zero when it is over."""
    is_missed: bool
    """A target was missed and not excused, or runs past its due moment."""
    is_paused: bool
    zone: str
    """Of the policy's calendar."""
    clocks: tuple[Clock, ...] = ()
    """Those that run or are paused, the most urgent first; with `whole` all, by their start."""
    pauses: tuple[Pause, ...] = ()
    """Only with `whole`."""


def standing_of(work: Work, ticket_ids: Sequence[int], *, whole: bool = False) -> Mapping[int, Standing]:
    """How each ticket stands; those that have nothing to do with service levels are missing.

    Two queries for all of them; with `whole` a third for the pauses. Asks for no rights: give it tickets that the
    reader may see.
    """
    db = work.db
    rows = db.execute(select(TicketSla).where(TicketSla.ticket_id.in_(ticket_ids))).scalars().all()
    if not rows:
        return {}
    found = [row.ticket_id for row in rows]
    asked = select(ClockRow).where(ClockRow.ticket_id.in_(found)).order_by(ClockRow.started, ClockRow.id)
    if not whole:
        asked = asked.where(ClockRow.state.in_(OPEN))
    clocks: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in found}
    for clock in db.scalars(asked):
        clocks[clock.ticket_id].append(clock_of(clock))
    pauses: dict[int, list[Pause]] = {ticket_id: [] for ticket_id in found}
    if whole:
        for pause in db.scalars(
            select(PauseRow).where(PauseRow.ticket_id.in_(found)).order_by(PauseRow.start, PauseRow.id)
        ):
            pauses[pause.ticket_id].append(pause_of(pause))
    return {
        row.ticket_id: _standing(work, row, clocks[row.ticket_id], pauses[row.ticket_id], whole=whole)
        for row in rows
    }


def seconds_left(work: Work, clock: Clock, now: datetime) -> int | None:
    """What a clock has left in its own unit, below zero when it is over; None when it is owed nothing more."""
    if clock.state is State.PAUSED:
        return clock.left
    if clock.state is not State.RUNNING or clock.due is None:
        return None
    hours = hours_of_clock(work, clock)
    if clock.due >= now:
        return hours.between(now, clock.due)
    return -hours.between(clock.due, now)


def hours_of_clock(work: Work, clock: Clock) -> Hours:
    """The hours in which a clock counts."""
    if clock.unit == Unit.WALL or clock.calendar_id is None or not clock.plan_version_id:
        return WALL
    plan = plans_of(work.app, work.db).get(clock.plan_version_id)
    bands = plan.bands if plan is not None else ()
    return next((band.hours for band in bands if band.calendar_id == clock.calendar_id), WALL)


def most_urgent(clocks: Sequence[Clock]) -> Clock | None:
    """The clock that lists show: the earliest due that is not missed yet, else the earliest missed one that runs.

    When none runs, of the paused ones the one with the least left.
    """
    running = [clock for clock in clocks if clock.state is State.RUNNING and clock.due is not None]
    owed = [clock for clock in running if clock.missed is None] or running
    if owed:
        return min(owed, key=lambda clock: (clock.due, clock.target, clock.cycle))
    paused = [clock for clock in clocks if clock.state is State.PAUSED and clock.left is not None]
    return min(paused, key=lambda clock: (clock.left, clock.target, clock.cycle)) if paused else None


def _standing(
    work: Work, row: TicketSla, clocks: list[Clock], pauses: list[Pause], *, whole: bool
) -> Standing:
    versions = catalogue_of(work.app, work.db).versions
    known = versions.get(row.version_id or 0)
    offered = versions.get(row.offered_version_id or 0)
    plan = plans_of(work.app, work.db).get(row.version_id) if row.version_id else None
    still_open = [clock for clock in clocks if clock.state.value in OPEN]
    urgent = most_urgent(still_open)
    now = work.now
    if not whole:
        clocks = sorted(still_open, key=lambda clock: (clock.due is None, clock.due or now, clock.left or 0))
    return Standing(
        ticket_id=row.ticket_id,
        policy=known.name if known else "",
        version_id=row.version_id,
        number=known.number if known else 0,
        offered_version_id=row.offered_version_id,
        offered=offered.name if offered else "",
        ball=Ball(row.ball),
        wakes=row.wakes,
        next_target=urgent.target if urgent else None,
        next_due=urgent.due if urgent else None,
        left=seconds_left(work, urgent, now) if urgent else None,
        is_missed=row.is_missed
        or any(clock.due is not None and clock.due < now and not clock.excuse for clock in still_open),
        is_paused=row.is_paused,
        zone=plan.zone if plan else "UTC",
        clocks=tuple(clocks),
        pauses=tuple(pauses),
    )
