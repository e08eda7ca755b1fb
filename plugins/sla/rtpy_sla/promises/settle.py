"""What becomes of a promise: kept, moved to another moment, or withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_sla.following.recorded import PROMISE, written
from rtpy_sla.promises.recorded import Promise, PromiseDeed, promises_of


@dataclass(frozen=True, slots=True)
class SettlePromise:
    """`deed` is kept, moved or withdrawn; only moved has a `due`, which is aware."""

    cycle: int
    deed: PromiseDeed
    due: datetime | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Who may write to the customer may; only what is open can be settled."""
        need(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
        promise = self._promise(work, ticket)
        if self.deed is PromiseDeed.MADE or (self.deed is PromiseDeed.MOVED) != (self.due is not None):
            raise Refused("Say whether the promise is kept, withdrawn, or moved, and then until when.")
        if self.due is not None and (self.due <= work.now or self.due == promise.due):
            raise Refused("A promise is moved to another moment that is still to come.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Only recorded: its clock is worked out from the history."""
        promise = self._promise(work, ticket)
        yield Record(
            written(PROMISE, cycle=self.cycle, deed=self.deed.value, due=self.due, words=promise.words)
        )

    def _promise(self, work: Work, ticket: Ticket) -> Promise:
        for each in promises_of(work.db, ticket.id):
            if each.cycle == self.cycle and each.is_open:
                return each
        raise Refused("There is no such open promise on this ticket: somebody settled it meanwhile.")
