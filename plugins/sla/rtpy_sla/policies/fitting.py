"""Which policy fits a ticket: the first in their order whose conditions hold. One query for any number of tickets."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, literal, or_, select, true

from rtpy.models import GroupClosure, Ticket, Transaction, Watcher
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.error import QueryError
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name, Node, Operator, Term
from rtpy.search.run import Search, check, ids_query
from rtpy.work import Work
from rtpy_sla.following.plans import KnownVersion, catalogue_of

REQUESTOR = "Requestor"


def fitting(
    work: Work, ticket_ids: Collection[int], versions: Sequence[KnownVersion] | None = None
) -> Mapping[int, int | None]:
    """The version that each ticket would get now, None where no policy fits.

    `versions`: those to try, in order; by default what is offered. A condition that cannot be asked any more, such as
    a query about a field that is gone, fits nothing.
    """
    offered = catalogue_of(work.app, work.db).offered if versions is None else versions
    if not ticket_ids:
        return {}
    if not offered:
        return dict.fromkeys(ticket_ids)
    chosen = case(*((clause_of(work, each.conditions), each.id) for each in offered), else_=literal(0))
    rows = work.db.execute(select(Ticket.id, chosen.label("version")).where(Ticket.id.in_(list(ticket_ids))))
    return {row.id: row.version or None for row in rows}


def clause_of(work: Work, conditions: Mapping[str, Any]) -> ColumnElement[bool]:
    """Conditions over `tickets`; nothing given holds for all."""
    clauses: list[ColumnElement[bool]] = []
    for name, column in (
        ("organizations", Ticket.organization_id),
        ("sites", Ticket.site_id),
        ("queues", Ticket.queue_id),
    ):
        if conditions.get(name):
            clauses.append(column.in_(conditions[name]))
    if conditions.get("priority_from") is not None:
        clauses.append(Ticket.priority >= conditions["priority_from"])
    if conditions.get("priority_to") is not None:
        clauses.append(Ticket.priority <= conditions["priority_to"])
    if conditions.get("channels"):
        clauses.append(_came_by(conditions["channels"]))
    if conditions.get("groups"):
        clauses.append(_requested_by(conditions["groups"]))
    if conditions.get("query"):
        clauses.append(_query(work, str(conditions["query"])))
    for name, values in conditions.get("fields", {}).items():
        clauses.append(or_(false(), *(_found(work, _has(name, value)) for value in values)))
    return and_(true(), *clauses)


def problem_of(work: Work, conditions: Mapping[str, Any]) -> tuple[str, str]:
    """What cannot be asked: `query` or `fields`, and why; two empty texts when all can."""
    try:
        if conditions.get("query"):
            check(work.as_system(), Search(node=parse(str(conditions["query"])).node))
    except (QueryError, CannotSearch) as wrong:
        return "query", str(wrong)
    try:
        for name, values in conditions.get("fields", {}).items():
            for value in values:
                check(work.as_system(), Search(node=_has(name, value)))
    except CannotSearch as wrong:
        return "fields", str(wrong)
    return "", ""


def _query(work: Work, text: str) -> ColumnElement[bool]:
    try:
        return _found(work, parse(text).node)
    except QueryError:
        return false()


def _found(work: Work, node: Node | None) -> ColumnElement[bool]:
    try:
        query = ids_query(work.as_system(), Search(node=node))
    except CannotSearch:
        return false()
    return Ticket.id.in_(query.order_by(None).correlate(None))


def _has(name: str, value: str) -> Term:
    return Term(Name("CF", (name,)), Operator.EQUALS, value)


def _came_by(faces: Sequence[str]) -> ColumnElement[bool]:
    return (
        select(literal(1))
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == Ticket.id,
            Transaction.type == "Create",
            Transaction.face.in_(faces),
        )
        .correlate(Ticket)
        .exists()
    )


def _requested_by(groups: Sequence[int]) -> ColumnElement[bool]:
    members = select(GroupClosure.member_id).where(GroupClosure.group_id.in_(groups))
    return (
        select(literal(1))
        .where(
            Watcher.ticket_id == Ticket.id,
            Watcher.role == REQUESTOR,
            or_(Watcher.principal_id.in_(groups), Watcher.principal_id.in_(members)),
        )
        .correlate(Ticket)
        .exists()
    )
