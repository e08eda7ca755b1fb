"""Status: the moves that the queue's lifecycle allows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.lifecycle.lifecycle import Category, Lifecycle
from rtpy.models import Link, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move the ticket along its lifecycle."""

    status: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs the move's right; a ticket that depends on open ones the actor can see cannot be closed."""
        if self.status.lower() == ticket.status:
            return
        lifecycle = lifecycle_of(work, ticket)
        move = lifecycle.move(ticket.status, self.status)
        need(work, ticket, move.right)
        closes = lifecycle.category(move.new) is Category.INACTIVE
        if closes and lifecycle.category(ticket.status) is not Category.INACTIVE:
            _refuse_open_dependencies(work, ticket)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Started and Resolved are stamped without transactions of their own; a re-opened ticket is unresolved.

        RT keeps Resolved on a ticket that was opened again; here the date is true or not there.
        """
        old, new = ticket.status, self.status.lower()
        if new == old:
            return
        lifecycle = lifecycle_of(work, ticket)
        was, becomes = lifecycle.category(old), lifecycle.category(new)
        if was is Category.INITIAL and becomes is not Category.INITIAL and ticket.started is None:
            ticket.started = work.now
        if becomes is not Category.INACTIVE:
            ticket.resolved = None
        elif was is not Category.INACTIVE:
            ticket.resolved = work.now
        ticket.status = new
        yield Record(Transaction(type="Status", field="Status", old_value=old, new_value=new))


def lifecycle_of(work: Work, ticket: Ticket) -> Lifecycle:
    """The lifecycle of the ticket's queue."""
    return work.app.lifecycles.get(ticket.queue.lifecycle)


def _refuse_open_dependencies(work: Work, ticket: Ticket) -> None:
    waiting = work.db.scalars(
        select(Ticket.id)
        .join(Link, Link.local_target_id == Ticket.id)
        .where(
            Link.local_base_id == ticket.id,
            Link.type == "DependsOn",
            Ticket.status.in_(work.app.lifecycles.active_statuses()),
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(Ticket.id)
        .limit(5)
    ).all()
    if waiting:
        numbers = ", ".join(f"#{number}" for number in waiting)
        raise Refused(
            f"Ticket #{ticket.id} depends on {numbers}, still open: close them first or remove the link."
        )
