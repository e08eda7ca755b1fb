"""Moving a ticket to another queue."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need, need_in_queue
from rtpy.changes.change import Record
from rtpy.changes.ticket.owner import may_own
from rtpy.changes.ticket.status import lifecycle_of, replace_status
from rtpy.errors import Refused
from rtpy.models import Queue, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SetQueue:
    """Move the ticket to `queue`; its status is mapped when the lifecycle is another."""

    queue: Queue

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket on the ticket and CreateTicket on the new queue."""
        if self.queue.id == ticket.queue_id:
            return
        need(work, ticket, Right.MODIFY_TICKET)
        if self.queue.disabled:
            raise Refused(f"Queue {self.queue.name} is closed: choose another one.")
        need_in_queue(work, self.queue, Right.CREATE_TICKET)
        if self._status(work, ticket) is None:
            old, new = lifecycle_of(work, ticket), work.app.lifecycles.get(self.queue.lifecycle)
            raise Refused(
                f"Queue {self.queue.name} has another lifecycle, and nothing says what “{old.shown(ticket.status)}” of "
                f"“{old.name}” becomes in “{new.name}”: an administrator can say so under Lifecycles, {old.name}, Maps."
            )

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The move, then what the system makes follow: the mapped status; an owner who may not own there lets go."""
        if self.queue.id == ticket.queue_id:
            return
        status = self._status(work, ticket) or ticket.status
        old_life = lifecycle_of(work, ticket)
        old, ticket.queue_id = ticket.queue_id, self.queue.id
        ticket.queue = self.queue
        yield Record(Transaction(type="Set", field="Queue", old_value=str(old), new_value=str(self.queue.id)))
        if status != ticket.status:
            yield from replace_status(work, ticket, old_life, status)
        nobody = work.app.nobody_id(work.db)
        if ticket.owner_id != nobody and not may_own(work, ticket, ticket.owner_id):
            owner, ticket.owner_id = ticket.owner_id, nobody
            yield Record(
                Transaction(type="Set", field="Owner", old_value=str(owner), new_value=str(nobody)),
                by_system=True,
            )

    def _status(self, work: Work, ticket: Ticket) -> str | None:
        if self.queue.lifecycle.lower() == ticket.queue.lifecycle.lower():
            return ticket.status
        return work.app.lifecycles.map_status(ticket.queue.lifecycle, self.queue.lifecycle, ticket.status)
