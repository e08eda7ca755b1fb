"""Excusing a target that was missed."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Target
from rtpy_sla.following.changes.missed import missed_clock
from rtpy_sla.following.changes.reasons import read_reason
from rtpy_sla.following.recorded import EXCUSE, written
from rtpy_sla.rights import EXCUSE_MISSED_TARGET


@dataclass(frozen=True, slots=True)
class ExcuseTarget:
    """A missed target counts as excused, with the reason; an empty reason takes the excuse back."""

    target: Target
    cycle: int
    reason: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ExcuseMissedTarget, and that it was missed, or excused before."""
        need_system(work, EXCUSE_MISSED_TARGET)
        reason = read_reason(self.reason)
        row = missed_clock(work, ticket, self.target, self.cycle)
        if not reason and not row.excuse:
            raise Refused("Give a reason: it stands in the reports.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """That it was missed stays; only how it counts changes."""
        reason = read_reason(self.reason)
        yield Record(written(EXCUSE, target=self.target.value, cycle=self.cycle, reason=reason))
