"""Saying why a target was missed, from the list of causes."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Target
from rtpy_sla.following.changes.missed import missed_clock
from rtpy_sla.following.changes.reasons import read_reason
from rtpy_sla.following.plans import causes_of
from rtpy_sla.following.recorded import CAUSE, written
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL


@dataclass(frozen=True, slots=True)
class ExplainMiss:
    """Why a target was missed; an empty reason takes the explanation back."""

    target: Target
    cycle: int
    reason: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ChangeServiceLevel, that it was missed, and one of the causes that administrators list."""
        need_system(work, CHANGE_SERVICE_LEVEL)
        reason = read_reason(self.reason)
        row = missed_clock(work, ticket, self.target, self.cycle)
        if reason and reason != row.cause and reason not in causes_of(work.app, work.db):
            raise Invalid(Problem("reason", "Choose one of the list."))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Recorded; reports count by it."""
        reason = read_reason(self.reason)
        yield Record(written(CAUSE, target=self.target.value, cycle=self.cycle, reason=reason))
