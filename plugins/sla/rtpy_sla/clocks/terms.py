"""What holds for one clock: its target's term under a plan, or a date that was given."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from rtpy_sla.clocks.plan import Band, Hours, Plan
from rtpy_sla.clocks.words import MEASURED, NEVER_PAUSE, Ball, Target, Unit

SECOND = timedelta(seconds=1)
NOT_OURS = frozenset({Ball.CUSTOMER, Ball.THIRD, Ball.SCHEDULED})
NO_PAUSES: frozenset[Ball] = frozenset()


class Wall:
    """Hours of a clock that never closes: every second counts."""

    def between(self, start: datetime, end: datetime) -> int:
        """Seconds from `start` to `end`; 0 when `end` is not later."""
        return max((end - start) // SECOND, 0)

    def after(self, start: datetime, seconds: int) -> datetime:
        """So many seconds after `start`."""
        return start + timedelta(seconds=seconds)

    def end_of_day(self, start: datetime, days: int) -> datetime:
        """The midnight (UTC) that ends the n-th day after that of `start`."""
        return start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)

    def version_ids(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """None: it has no versions."""
        return ()


WALL = Wall()


class Terms(NamedTuple):
    """What a clock counts to, in which hours, and with whom the ball may be without it running."""

    amount: int | None
    unit: Unit
    hours: Hours
    calendar_id: int | None
    pauses: frozenset[Ball]
    version_id: int = 0
    plan: Plan | None = None
    band: Band | None = None
    date: datetime | None = None
    """A due moment that was given and that nothing shifts."""

    def said(self) -> dict[str, Any]:
        """For the steps of a clock."""
        return {
            "amount": self.amount,
            "unit": self.unit.value,
            "calendar": self.calendar_id,
            "version": self.version_id,
        }


def terms_by_target(plan: Plan, band: Band, hours: Hours) -> Mapping[Target, Terms]:
    """All that is owed or measured in this band, counted by `hours`, which are the band's.

    Measures are taken whether or not the band has a term for them.
    """
    found = {
        target: Terms(None, Unit.BUSINESS, hours, band.calendar_id, NOT_OURS, plan.version_id, plan, band)
        for target in MEASURED
        if target not in band.terms
    }
    for target, term in band.terms.items():
        pauses = term.pauses
        if target in NEVER_PAUSE:
            pauses = NO_PAUSES
        elif target in MEASURED:
            pauses = NOT_OURS
        if term.unit is Unit.WALL:
            found[target] = Terms(term.amount, term.unit, WALL, None, pauses, plan.version_id, plan, band)
        else:
            found[target] = Terms(
                term.amount, term.unit, hours, band.calendar_id, pauses, plan.version_id, plan, band
            )
    return found


def date_given(start: datetime, due: datetime, version_id: int) -> Terms:
    """A promise of a date: wall time, and nothing pauses it."""
    return Terms(WALL.between(start, due), Unit.WALL, WALL, None, NO_PAUSES, version_id, date=due)
