"""One ticket: who may read it, its tag, and the ticket that a merged one goes on in."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from rtpy.db.base import table_of
from rtpy.fields.contents import fields_seen
from rtpy.history.public import public_clause
from rtpy.http.resources import INTERNAL_TYPES, OUTGOING_TYPES
from rtpy.models import Ticket, Transaction
from rtpy.models.locks import lock_tickets
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import NO_ROLES
from rtpy.rest2.kind import Kind
from rtpy.rest2.problem import Problem
from rtpy.rest2.record import Record
from rtpy.rest2.tickets.kind import TICKET, UTC, TicketRow, reader_roles
from rtpy.rights.names import Right
from rtpy.search.columns.page import TicketPage


def find_visible(call: Call, number: int) -> TicketRow | None:
    """The ticket of that number, or the one in which it goes on; None when it is hidden or not there."""
    page = TicketPage(call.work, [number], UTC)
    facts = page.facts.get(number)
    target = facts.merged_into_id if facts else call.work.db.scalar(_TARGET, {"ticket": number})
    if target is not None:
        page = TicketPage(call.work, [target], UTC)
        facts = page.facts.get(target)
    return TicketRow(facts, page) if facts else None


def is_there(db: Session, number: int) -> bool:
    """Is there a ticket of that number, seen or not? One query."""
    return db.scalar(_EXISTS, {"ticket": number}) is not None


def load_ticket(db: Session, number: int) -> Ticket | None:
    """The ticket as changes take it, or the one in which it goes on. One query, two for a merged one."""
    ticket: Ticket | None = db.scalar(_TICKET, {"ticket": number})
    if ticket is not None and ticket.merged_into_id is not None:
        ticket = db.scalar(_TICKET, {"ticket": ticket.merged_into_id})
    return ticket


class TicketRecord(Record):
    """`/ticket/7` and what lies below it. What is missing is a 404 for everybody, what is hidden a 403 (RT)."""

    kind: ClassVar[Kind] = TICKET

    def find(self) -> TicketRow | None:
        """The ticket if it may be seen."""
        return find_visible(self.call, self.call.number("id"))

    def is_forbidden(self) -> bool:
        """It is there, and ShowTicket is not held."""
        return self.row is None and is_there(self.work.db, self.call.number("id"))

    def load(self) -> Ticket:
        """The ticket to be changed, locked; read once."""
        found: Ticket | None = self.call.cache.get("ticket")
        if found is None:
            found = load_ticket(self.work.db, self.row.id) if self.row else None
            if found is None:
                raise Problem(404)
            lock_tickets(self.work.db, found)
            self.call.cache["ticket"] = found
        return found

    def etag(self) -> str | None:
        """The newest transaction that the caller may see; while something is to be changed, of the locked ticket."""
        row: TicketRow | None = self.row
        if row is None:
            return None
        if self.call.method not in ("GET", "HEAD"):
            self.load()
        return newest_seen(self.call, row)

    def last_modified(self) -> datetime | None:
        """Its last update."""
        return self.row.facts.last_updated if self.row else None


def newest_seen(call: Call, row: TicketRow) -> str:
    """The number of the newest transaction of a ticket that the caller may read. One query."""
    work, facts = call.work, row.facts
    roles = reader_roles(call, row.page).get(facts.id, NO_ROLES)

    def may(right: str) -> bool:
        return work.rights.of(right).allows(facts.queue_id, roles)

    values = {
        "ticket": facts.id,
        "comments": may(Right.SHOW_TICKET_COMMENTS),
        "outgoing": may(Right.SHOW_OUTGOING_EMAIL),
        "fields": [str(each) for each in fields_seen(work, [facts.queue_id], roles)],
    }
    newest = _NEWEST if call.login.is_privileged else _NEWEST_PUBLIC
    return str(work.db.connection().scalar(newest, values) or 0)


def _newest() -> Any:  # Any: a Select of one number
    each, merged = table_of(Transaction).c, table_of(Ticket).alias("merged").c
    ticket = bindparam("ticket", type_=BigInteger)
    numbers = select(ticket.label("id")).union_all(select(merged.id).where(merged.merged_into_id == ticket))
    # With the bare column PostgreSQL walks the whole primary key backwards until it meets the ticket.
    return select(func.max(each.id + 0)).where(
        each.object_type == "ticket",
        each.object_id.in_(numbers),
        or_(bindparam("comments", type_=Boolean), each.type.not_in(INTERNAL_TYPES)),
        or_(bindparam("outgoing", type_=Boolean), each.type.not_in(OUTGOING_TYPES)),
        or_(each.type != "CustomField", each.field.in_(bindparam("fields", expanding=True))),
    )


# Built once: to build these costs more than to run them.
_NEWEST = _newest()
_NEWEST_PUBLIC = _NEWEST.where(public_clause())
_tickets = table_of(Ticket).c
_EXISTS = select(_tickets.id).where(_tickets.id == bindparam("ticket"))
_TARGET = select(_tickets.merged_into_id).where(_tickets.id == bindparam("ticket"))
_TICKET = (
    select(Ticket)
    .join(Ticket.queue)
    .join(Ticket.owner)
    .where(Ticket.id == bindparam("ticket"))
    .options(contains_eager(Ticket.queue), contains_eager(Ticket.owner))
)
