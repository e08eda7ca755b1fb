"""Finding tickets by their numbers, and what the caller may read of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rtpy.history.reading import merged_ids
from rtpy.models import Ticket
from rtpy.rest1.call import Call
from rtpy.rest1.frame import OK, Stopped, remark
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket that the caller may see, and the roles that they play on it."""

    ticket: Ticket
    roles: frozenset[str]
    call: Call

    def allows(self, right: str) -> bool:
        """Held on the ticket? No query."""
        return self.call.work.rights.of(right).allows(self.ticket.queue_id, self.roles)

    def numbers(self) -> list[int]:
        """Its own number and those that were merged into it. One query."""
        return merged_ids(self.call.work.db, self.ticket.id)


def missing(number: int | str) -> str:
    """RT's sentence."""
    return f"Ticket {number} does not exist."


def hidden(number: int | str, deed: str = "display") -> str:
    """RT's sentence."""
    return f"You are not allowed to {deed} ticket {number}."


def targets_of(call: Call, numbers: Collection[int]) -> dict[int, int]:
    """The numbers that exist, each with that of the ticket it was merged into, or its own. One query."""
    if not numbers:
        return {}
    rows = call.work.db.execute(select(Ticket.id, Ticket.merged_into_id).where(Ticket.id.in_(numbers)))
    return {row.id: row.merged_into_id or row.id for row in rows}


def see_ticket(call: Call, number: int | None, *, status: str = OK, deed: str = "display") -> Seen:
    """The ticket, with queue and owner. Raises Stopped with that status when it is not there or not to be seen."""
    ticket = find_ticket(call, number, status=status)
    work = call.work
    by_role = any(held.by_role for held in work.rights.by_right.values())
    roles = roles_held(work.db, work.rights.principals, ticket) if by_role else frozenset()
    seen = Seen(ticket, roles, call)
    if not seen.allows(Right.SHOW_TICKET):
        raise Stopped(remark(hidden(ticket.id, deed)), status)
    return seen


def find_ticket(call: Call, number: int | None, *, status: str = OK) -> Ticket:
    """The ticket of that number, or the one it was merged into; whether it may be seen is not asked."""
    ticket = _load(call, number) if number is not None else None
    if ticket is not None and ticket.merged_into_id is not None:
        ticket = _load(call, ticket.merged_into_id)
    if ticket is None:
        raise Stopped(remark(missing("" if number is None else number)), status)
    return ticket


def _load(call: Call, number: int) -> Ticket | None:
    query = select(Ticket).where(Ticket.id == number)
    return call.work.db.scalar(query.options(joinedload(Ticket.queue), joinedload(Ticket.owner)))


def numbers_in(specs: Sequence[object]) -> list[int]:
    """The numbers of specs that have one."""
    return [number for spec in specs if (number := getattr(spec, "number", None)) is not None]
