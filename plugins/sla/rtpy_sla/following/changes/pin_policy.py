"""Pinning a version of a policy to a ticket."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.work import Face, Work
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.changes.reasons import read_reason
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.following.recorded import POLICY, written
from rtpy_sla.models import TicketSla
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL


@dataclass(frozen=True, slots=True)
class PinPolicy:
    """From now on this version of a policy holds (None: none); `retarget` says what becomes of clocks that run."""

    version_id: int | None
    retarget: Retarget = Retarget.KEEP
    reason: str = ""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ChangeServiceLevel. Refused for a disabled policy, and when it changes nothing."""
        is_system = work.actor.face is Face.SYSTEM
        if not is_system:
            need_system(work, CHANGE_SERVICE_LEVEL)
        read_reason(self.reason)
        row = work.db.get(TicketSla, ticket.id)
        pinned = row.version_id if row is not None else None
        if self.version_id is None:
            if pinned is None:
                raise Refused(f"Ticket #{ticket.id} has no service level.")
            return
        known = catalogue_of(work.app, work.db).versions.get(self.version_id)
        if known is None:
            raise Refused("There is no such service level: choose one of the list.")
        if known.disabled:
            raise Refused(f"The service level {known.name} is disabled: choose another one.")
        if pinned == self.version_id and self.retarget is Retarget.KEEP and not is_system:
            raise Refused(f"Ticket #{ticket.id} has {known.name} already.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The clocks are worked out again when the bundle is recorded."""
        known = catalogue_of(work.app, work.db).versions.get(self.version_id or 0)
        yield Record(
            written(
                POLICY,
                version=self.version_id or 0,
                number=known.number if known else None,
                retarget=self.retarget.value,
                policy=known.name if known else "",
                reason=read_reason(self.reason),
            )
        )
