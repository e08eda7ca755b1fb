"""When the steps of a ladder are due for one clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rtpy_sla.clocks.plan import Hours
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import State, Unit
from rtpy_sla.ladder.step import Step


class Running(Protocol):
    """What steps ask of a clock: `rtpy_sla.clocks.clock.Clock` has it, and so has its row."""

    @property
    def target(self) -> str:
        """Which target it counts for."""
        ...

    @property
    def state(self) -> str:
        """Whether it runs."""
        ...

    @property
    def started(self) -> datetime:
        """When it began."""
        ...

    @property
    def since(self) -> datetime | None:
        """Since when it runs without a break."""
        ...

    @property
    def due(self) -> datetime | None:
        """When its term is used up."""
        ...

    @property
    def amount(self) -> int | None:
        """Its term: seconds, or days by `unit`."""
        ...

    @property
    def unit(self) -> str:
        """What it counts."""
        ...

    @property
    def used(self) -> int:
        """Seconds that had counted at `since`."""
        ...

    @property
    def paused(self) -> int:
        """Seconds that did not count."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A step whose time comes at `at`."""

    at: datetime
    order: int
    """Its place in the ladder."""
    step: Step


def due_steps(
    steps: Sequence[Step], clock: Running, hours: Hours, taken: Collection[str], grace: int = 0
) -> list[Due]:
    """The steps that the clock has still to take if it runs on, in the order in which they come.

    `hours` are those of the clock's band; `taken` the keys that this cycle took. None while it does not run, and none
    without a term. A clock that was paused takes none before `grace` seconds of its own time have passed since it went
    on: who wakes a ticket late gets a moment to see to it.
    """
    since = clock.since
    if clock.state != State.RUNNING or since is None or clock.due is None:
        return []
    counted: Hours = WALL if clock.unit == Unit.WALL else hours
    term = _term(clock, counted, since)
    try:
        first = counted.after(since, grace) if grace and clock.paused > 0 and since > clock.started else since
    except ValueError:
        first = since
    found = []
    for order, step in enumerate(steps):
        if step.key in taken or not step.is_for(clock.target):
            continue
        try:
            at = counted.after(since, max(step.threshold(term) - clock.used, 0))
        except ValueError:  # the calendar has no more hours: then it never comes
            continue
        if step.added is None or at >= step.added:
            found.append(Due(max(at, first), order, step))
    return sorted(found, key=lambda each: (each.at, each.order))


def next_step(
    steps: Sequence[Step], clock: Running, hours: Hours, taken: Collection[str], grace: int = 0
) -> Due | None:
    """The first of `due_steps`; its `at` is what the row of the clock keeps. None: no more steps."""
    return next(iter(due_steps(steps, clock, hours, taken, grace)), None)


def is_due(due: Due, now: datetime) -> bool:
    """Has its time come?"""
    return due.at <= now


def last_of_each(keys: Iterable[tuple[object, ...]]) -> set[int]:
    """The places of the last of equal keys: of several mails about one clock only the last says anything new."""
    places = {key: place for place, key in enumerate(keys)}
    return set(places.values())


def _term(clock: Running, hours: Hours, since: datetime) -> int:
    """Seconds of the whole term; for days and dates that were given: what has counted and what is left."""
    if clock.amount is not None and clock.unit != Unit.DAYS:
        return clock.amount
    due = clock.due
    return clock.used + (hours.between(since, due) if due is not None else 0)
