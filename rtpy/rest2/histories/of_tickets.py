"""A ticket whose history is asked for: may it be seen, and what of its history? Two queries at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, String, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from rtpy.db.among import among
from rtpy.db.base import table_of
from rtpy.fields.contents import fields_seen
from rtpy.history.public import public_clause
from rtpy.history.reading import COMMENTS, OUTGOING
from rtpy.models import Ticket, Transaction, Watcher
from rtpy.models.watcher import OWNER
from rtpy.rest2.call import Call
from rtpy.rights.names import Right

# A statement over tables is put together faster than one over models.
_events = table_of(Transaction).c
COLUMNS = (
    _events.id,
    _events.object_type,
    _events.object_id,
    _events.type,
    _events.field,
    _events.old_value,
    _events.new_value,
    _events.old_reference,
    _events.new_reference,
    _events.data,
    _events.time_taken,
    _events.time_worker_id,
    _events.time_worked_date,
    _events.creator_id,
    _events.created,
)
"""What is read of a transaction, whatever is asked for."""


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """A ticket that the caller may see; `numbers` are its own and those of the tickets that were merged into it.

    `roles` are what the caller plays on it.
    """

    id: int
    queue_id: int
    numbers: tuple[int, ...]
    roles: frozenset[str]


def seen_ticket(call: Call, number: int) -> SeenTicket | None:
    """The ticket of that number, or the one into which it was merged; None when there is none that may be seen."""
    work = call.work
    row = work.db.connection().execute(_TICKET, {"ticket": number}).one_or_none()
    if row is None:
        return None
    roles = _roles(call, row)
    if not work.rights.of(Right.SHOW_TICKET).allows(row.queue_id, roles):
        return None
    merged = tuple(map(int, row.merged.split(","))) if row.merged else ()
    return SeenTicket(row.id, row.queue_id, (row.id, *merged), roles)


def readable_events(call: Call, ticket: SeenTicket) -> list[ColumnElement[bool]]:
    """Clauses over transactions: those of this ticket that the caller may read, as on its page."""
    read = what_is_read(call, ticket)
    clauses: list[ColumnElement[bool]] = [
        _events.object_type == "ticket",
        _events.object_id.in_(ticket.numbers),
        or_(_events.type != "CustomField", _events.field.in_(read["fields"])),
    ]
    hidden = (() if read["comments"] else COMMENTS) + (() if read["outgoing"] else OUTGOING)
    if hidden:
        clauses.append(_events.type.not_in(hidden))
    return clauses if read["staff"] else [*clauses, public_clause()]


def read_page(call: Call, ticket: SeenTicket, *, limit: int, offset: int) -> Sequence[Any]:
    """The same as rows of COLUMNS, oldest first, by a statement that is put together once. One query."""
    values = {"tickets": list(ticket.numbers), "limit": limit, "offset": offset, **what_is_read(call, ticket)}
    return call.work.db.connection().execute(_PAGE, values).all()


def count_events(call: Call, ticket: SeenTicket) -> int:
    """How many there are in all. One query."""
    values = {"tickets": list(ticket.numbers), **what_is_read(call, ticket)}
    return call.work.db.connection().scalar(_COUNT, values) or 0


def what_is_read(call: Call, ticket: SeenTicket) -> dict[str, Any]:
    """Does the caller read `comments` and `outgoing` mails on this ticket, which `fields`, and more than customers?"""
    rights = call.work.rights

    def held(right: Right) -> bool:
        return rights.of(right).allows(ticket.queue_id, ticket.roles)

    return {
        "comments": held(Right.SHOW_TICKET_COMMENTS),
        "outgoing": held(Right.SHOW_OUTGOING_EMAIL),
        "fields": [str(each) for each in fields_seen(call.work, (ticket.queue_id,), ticket.roles)],
        "staff": call.login.is_privileged,
    }


def _roles(call: Call, ticket: Any) -> frozenset[str]:
    rights = call.work.rights
    if rights.super_user or not any(held.by_role for held in rights.by_right.values()):
        return frozenset()
    values = {"ticket": ticket.id, "queue": ticket.queue_id, "principals": list(rights.principals)}
    rows = call.work.db.connection().scalars(_ROLES, values)
    return frozenset(rows) | ({OWNER} if ticket.owner_id in rights.principals else frozenset())


_named, _kept, _merged = aliased(Ticket), aliased(Ticket), aliased(Ticket)
# Built once: to build these costs more than to run them.
_TICKET = (
    select(
        _kept.id,
        _kept.queue_id,
        _kept.owner_id,
        select(func.aggregate_strings(cast(_merged.id, String), ","))
        .where(_merged.merged_into_id == _kept.id)
        .scalar_subquery()
        .label("merged"),
    )
    .select_from(_named)
    .join(_kept, _kept.id == func.coalesce(_named.merged_into_id, _named.id))
    .where(_named.id == bindparam("ticket"))
)
_ROLES = (
    select(Watcher.role)
    .where(or_(Watcher.ticket_id == bindparam("ticket"), Watcher.queue_id == bindparam("queue")))
    .where(Watcher.principal_id.in_(bindparam("principals", expanding=True)))
    .distinct()
)


def _is_none_of(types: Sequence[str]) -> ColumnElement[bool]:
    return and_(*(_events.type != each for each in types))


_READ = (
    _events.object_type == "ticket",
    among(_events.object_id, "tickets"),
    or_(bindparam("comments", type_=Boolean), _is_none_of(COMMENTS)),
    or_(bindparam("outgoing", type_=Boolean), _is_none_of(OUTGOING)),
    or_(_events.type != "CustomField", _events.field.in_(bindparam("fields", expanding=True))),
    or_(bindparam("staff", type_=Boolean), public_clause()),
)
_COUNT = select(func.count(_events.id)).where(*_READ)
_PAGE = (
    select(*COLUMNS)
    .where(*_READ)
    .order_by(_events.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
