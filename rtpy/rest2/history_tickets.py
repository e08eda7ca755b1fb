"""A ticket whose history is asked for: may it be seen, and what of its history? Two queries at most."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from rtpy.db.base import table_of
from rtpy.fields.contents import fields_seen
from rtpy.history.public import public_clause
from rtpy.history.reading import COMMENTS, OUTGOING
from rtpy.models import Ticket, Transaction, Watcher
from rtpy.models.watcher import OWNER
from rtpy.rest2.call import Call
from rtpy.rights.names import Right


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
    rights = call.work.rights

    def held(right: Right) -> bool:
        return rights.of(right).allows(ticket.queue_id, ticket.roles)

    hidden: tuple[str, ...] = () if held(Right.SHOW_TICKET_COMMENTS) else COMMENTS
    hidden += () if held(Right.SHOW_OUTGOING_EMAIL) else OUTGOING
    fields = [str(each) for each in fields_seen(call.work, (ticket.queue_id,), ticket.roles)]
    clauses: list[ColumnElement[bool]] = [
        _events.object_type == "ticket",
        _events.object_id.in_(ticket.numbers),
        or_(_events.type != "CustomField", _events.field.in_(fields)),
    ]
    if hidden:
        clauses.append(_events.type.not_in(hidden))
    return clauses if call.login.is_privileged else [*clauses, public_clause()]


def _roles(call: Call, ticket: Any) -> frozenset[str]:
    rights = call.work.rights
    if rights.super_user or not any(held.by_role for held in rights.by_right.values()):
        return frozenset()
    values = {"ticket": ticket.id, "queue": ticket.queue_id, "principals": list(rights.principals)}
    rows = call.work.db.connection().scalars(_ROLES, values)
    return frozenset(rows) | ({OWNER} if ticket.owner_id in rights.principals else frozenset())


# A statement over tables is put together faster than one over models.
_events = table_of(Transaction).c
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
