"""A clock as it came out of playing a ticket's history, and a pause of the ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from rtpy_sla.clocks.words import MEASURED, Ball, State, Target, Verdict

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Step(NamedTuple):
    """One line of the account of a clock: what happened at `at`, and where the clock stood afterwards."""

    at: datetime
    what: str
    """started, paused, resumed, retargeted, missed, ended, stopped, reopened, moved, excused, explained"""
    used: int
    """Seconds that had counted."""
    due: datetime | None
    transaction_id: int
    """0 when nobody did anything: time passed."""
    detail: Mapping[str, Any] = NOTHING
    """Fit for JSON. Terms (started: `terms`, retargeted: `before`, `after`) are amount, unit, calendar, version; the
    rest says why: `why` (policy, priority, absorbed, solved, reopened, merged, withdrawn, void, restored, owned,
    unowned), `how`, `ball`, `reason`, `due`."""
    since: datetime | None = None
    """The start of the stretch that ended with this step, when one did."""
    counted: int = 0
    """Seconds of that stretch in the clock's unit: they counted, or did not when this step resumed or reopened it."""
    calendar_versions: tuple[int, ...] = ()
    """Those that held in the stretch; left out where one version held all the time."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One target in one cycle (from 1). Seconds count in the unit of its term: business or wall; for a term in days,
    `amount` is days, and `used`, `left` and `paused` are seconds of the calendar.

    `due` is None while it is paused (then `left` says what remains) and for measures without a target. `missed` is
    when it was not kept, and stays whatever happens later; a clock that runs past its `due` is missed before anybody
    plays it again.
    """

    target: Target
    cycle: int
    state: State
    started: datetime
    started_by: int
    due: datetime | None
    amount: int | None
    unit: str
    used: int
    """Exact once it has ended or is paused; while it runs, what had counted at `since`."""
    left: int | None
    paused: int
    """Seconds that did not count because of pauses that are over, in the same unit."""
    ended: datetime | None
    ended_by: int | None
    missed: datetime | None
    plan_version_id: int
    calendar_id: int | None
    calendar_versions: tuple[int, ...]
    excuse: str = ""
    excused_by: int | None = None
    excused_at: datetime | None = None
    cause: str = ""
    person_id: int | None = None
    """Who ended it; reports by person count there."""
    since: datetime | None = None
    """The start of the stretch in which it runs now; None when it does not."""
    closed: int = 0
    """Seconds that did not count because the ticket was solved or void meanwhile."""
    counted_from: datetime | None = None
    """Where `used`, `paused` and `closed` begin: `started`, or a later re-targeting from then on."""
    label: str = ""
    """What a promise says, in the words of its author."""
    steps: tuple[Step, ...] = ()

    def verdict(self, now: datetime) -> Verdict:
        """How it counts at this moment."""
        is_missed = self.missed is not None or (
            self.state is State.RUNNING and self.due is not None and self.due < now
        )
        if is_missed:
            return Verdict.EXCUSED if self.excuse else Verdict.MISSED
        if self.state is State.STOPPED or (self.amount is None and self.target in MEASURED):
            return Verdict.NONE
        return Verdict.MET if self.state is State.ENDED else Verdict.OPEN


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the ball was not with us."""

    ball: Ball
    start: datetime
    end: datetime | None
    began_by: int
    """The transaction that began it."""
    by: int
    """Who."""
    reason: str
    is_by_hand: bool
    """Not because of the status."""
    ended_by: int | None
    ended_why: str = ""
    """status, hand, customer (their message), time (the agreed moment came), closed"""
    customer_wrote: datetime | None = None
    """When the customer wrote although somebody else had the ball, or before anybody moved the status on."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that a ticket's history amounts to."""

    clocks: tuple[Clock, ...]
    pauses: tuple[Pause, ...]
    ball: Ball
    ball_until: datetime | None = None
    status: str = ""
    priority: int = 0
