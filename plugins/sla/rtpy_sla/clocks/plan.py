"""What was promised: the version of a policy that is pinned to a ticket, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rtpy_sla.clocks.words import Ball, Reopening, Retarget, Target, Unit


class Hours(Protocol):
    """The arithmetic of a calendar with all its versions; `rtpy.calendars.open_hours.OpenHours` is one."""

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from `start` to `end`."""
        ...

    def after(self, start: datetime, seconds: int) -> datetime:
        """The instant at which that many open seconds have passed since `start`."""
        ...

    def end_of_day(self, start: datetime, days: int) -> datetime:
        """The close of the n-th business day after the day of `start`."""
        ...

    def version_ids(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """The versions of the calendar that counted between the two."""
        ...


@dataclass(frozen=True, slots=True)
class Term:
    """One target: `amount` seconds (or days, by `unit`), and with whom the ball may be without the clock running."""

    target: Target
    amount: int
    unit: Unit = Unit.BUSINESS
    pauses: frozenset[Ball] = frozenset({Ball.CUSTOMER, Ball.THIRD, Ball.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Band:
    """The terms from a priority upwards, and the calendar they are counted in."""

    from_priority: int
    calendar_id: int | None
    """None: every minute of every day."""
    hours: Hours
    terms: Mapping[Target, Term]


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a policy. `bands` from the highest priority down; the last is for all that are lower."""

    policy_id: int
    version_id: int
    name: str
    bands: tuple[Band, ...]
    reopening: Reopening = Reopening.CONTINUE
    confirm_seconds: int = 7 * 86_400
    """Wall time after the resolution in which a reopened ticket continues; afterwards it restarts."""
    on_priority: Retarget = Retarget.FROM_CREATION
    zone: str = "UTC"
    """For showing: that of the first calendar."""

    def band(self, priority: int) -> Band:
        """The terms for this priority."""
        return next((each for each in self.bands if priority >= each.from_priority), self.bands[-1])


@dataclass(frozen=True, slots=True)
class Rules:
    """What is set for the whole shop: with whom the ball is in each status, and what closes a ticket."""

    ball_by_status: Mapping[str, Ball] = field(default_factory=dict)
    """By status in lower case; one that is missing leaves the ball with us."""
    solved: Sequence[str] = ("resolved",)
    """Statuses that fulfil a resolution."""
    void: Sequence[str] = ("rejected", "deleted")
    """Inactive statuses in which nothing is owed: clocks stop."""
    earlier: Sequence[tuple[datetime, "Rules"]] = ()
    """Until when which others held, the oldest first."""

    def at(self, moment: datetime) -> "Rules":
        """Those that held then. A status that was taken on under them means what they say until the next status."""
        return next((rules for until, rules in self.earlier if moment < until), self)
