"""Status: the moves that the queue's lifecycle allows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.ticket.mandatory import check_mandatory
from rtpy.errors import Refused
from rtpy.lifecycle.lifecycle import Category, Lifecycle
from rtpy.models import Link, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Face, Work


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move the ticket along its lifecycle."""

    status: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs the move's right and fields; what depends on open tickets the actor can see cannot be closed."""
        if self.status.lower() == ticket.status:
            return
        lifecycle = lifecycle_of(work, ticket)
        move = lifecycle.move(ticket.status, self.status)
        need(work, ticket, move.right)
        check_mandatory(work, ticket, lifecycle, move.new)
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
        _stamp(work, ticket, lifecycle_of(work, ticket), lifecycle_of(work, ticket), new)
        ticket.status = new
        yield Record(Transaction(type="Status", field="Status", old_value=old, new_value=new))


@dataclass(frozen=True, slots=True)
class ReplaceStatus:
    """Give a ticket another status because its own is taken out of the lifecycle: for the system only.

    No move of the lifecycle is asked for. While this runs the lifecycle knows both statuses.
    """

    status: str
    before: Lifecycle | None = None
    """The lifecycle that the ticket's own status is of, when its queue has another one now."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Only the system may; the status must exist."""
        if work.actor.face is not Face.SYSTEM:
            raise Refused("Only the system replaces a status: use a move of the lifecycle.")
        lifecycle_of(work, ticket).category(self.status)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Recorded as a change of status by the system."""
        before = self.before or lifecycle_of(work, ticket)
        yield from replace_status(work, ticket, before, self.status.lower())


def replace_status(work: Work, ticket: Ticket, before: Lifecycle, status: str) -> Iterator[Record]:
    """What a mapped status does, whatever the moves allow; `before` is the lifecycle that the old status is of."""
    old = ticket.status
    if old != status:
        _stamp(work, ticket, before, lifecycle_of(work, ticket), status)
        ticket.status = status
        changed = Transaction(type="Status", field="Status", old_value=old, new_value=status)
        yield Record(changed, by_system=True)


def _stamp(work: Work, ticket: Ticket, before: Lifecycle, after: Lifecycle, new: str) -> None:
    was_initial, was_inactive = before.is_initial(ticket.status), before.is_inactive(ticket.status)
    becomes = after.category(new)
    if was_initial and becomes is not Category.INITIAL and ticket.started is None:
        ticket.started = work.now
    if becomes is not Category.INACTIVE:
        ticket.resolved = None
    elif not was_inactive:
        ticket.resolved = work.now


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
