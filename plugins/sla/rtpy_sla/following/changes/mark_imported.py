"""Saying that a ticket's history was brought in from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.models import Ticket
from rtpy.work import Face, Work
from rtpy_sla.following.recorded import IMPORT, written
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS


@dataclass(frozen=True, slots=True)
class MarkImported:
    """Nothing that happened up to now counts: it only says how things stand. What is still owed begins now."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs AdminServiceLevels."""
        if work.actor.face is not Face.SYSTEM:
            need_system(work, ADMIN_SERVICE_LEVELS)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The clocks are worked out again when the bundle is recorded."""
        yield Record(written(IMPORT))
