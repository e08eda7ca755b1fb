"""What happened to tickets, in queries: who did something to them, and when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, true

from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.search.compiling.dates import compare_moment, moment_of
from rtpy.search.compiling.people import user_matches
from rtpy.search.compiling.text import EQUALITY, ORDER
from rtpy.search.compiling.values import need_no_part
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

COMMENTS = ("Comment", "CommentEmailRecord")
OUTGOING = ("EmailRecord", "CommentEmailRecord")
QUIET = ("Schedule", "SystemError")
"""Entries that are no change: the ticket's last update stays as it is."""


def readable(asking: Asking, rows: Any) -> ColumnElement[bool]:
    """A clause over `rows`, transactions of the ticket outside: the reader may know of them."""
    rights = asking.work.rights
    clauses = [
        or_(rows.c.type.not_in(types), rights.of(right).visible())
        for right, types in ((Right.SHOW_TICKET_COMMENTS, COMMENTS), (Right.SHOW_OUTGOING_EMAIL, OUTGOING))
        if not rights.of(right).everywhere
    ]
    return and_(true(), *clauses)


def _happened(asking: Asking, rows: Any, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some transaction of the ticket fits all clauses. Those of merged tickets are asked apart: few have any."""
    seen = readable(asking, rows)
    merged = Ticket.__table__.alias()
    own: Select[Any] = (
        select(literal(1)).select_from(rows).where(rows.c.object_type == "ticket", seen, *clauses)
    )
    theirs = (
        own.join(merged, merged.c.id == rows.c.object_id)
        .where(merged.c.merged_into_id == Ticket.id)
        .correlate(Ticket.__table__)
    )
    return or_(exists(own.where(rows.c.object_id == Ticket.id).correlate(Ticket.__table__)), exists(theirs))


def _updated_by(asking: Asking, term: Term) -> ColumnElement[bool]:
    rows = Transaction.__table__.alias()
    positive = Term(term.name, term.operator.positive, term.value)
    who = user_matches(asking, rows.c.creator_id, positive)
    if term.operator.is_negative:
        return ~_happened(asking, rows, who)
    asked = (Right.SHOW_TICKET_COMMENTS, Right.SHOW_OUTGOING_EMAIL)
    if not all(asking.work.rights.of(right).everywhere for right in asked):
        return _happened(asking, rows, who)
    # All may be read: begin with what they did.
    did = select(rows.c.object_id).where(rows.c.object_type == "ticket", who)
    merged = Ticket.__table__.alias()
    theirs = select(merged.c.merged_into_id).where(merged.c.merged_into_id.is_not(None), merged.c.id.in_(did))
    return or_(Ticket.id.in_(did), Ticket.id.in_(theirs))


def _updated(asking: Asking, terms: Sequence[Term]) -> ColumnElement[bool]:
    """One change of the ticket fits all terms.

    The ticket's own dates, between which all its changes lie, are asked first: they have an index.
    """
    rows = Transaction.__table__.alias()
    clauses: list[ColumnElement[bool]] = [rows.c.type.not_in(QUIET)]
    bounds: list[ColumnElement[bool]] = []
    for term in terms:
        need_no_part(term)
        moment = moment_of(asking, term.value)
        clauses.append(compare_moment(rows.c.created, term.operator, moment))
        if moment.is_unset:
            continue
        if term.operator in (Operator.GREATER, Operator.AT_LEAST):
            bounds.append(Ticket.last_updated >= moment.start)
        elif term.operator is Operator.EQUALS:
            bounds.append(Ticket.last_updated >= moment.span[0])
    return and_(*bounds, _happened(asking, rows, *clauses))


UPDATED_BY = SearchField(
    "UpdatedBy",
    Kind.USER,
    EQUALITY,
    _updated_by,
    "Somebody who ever did something to it.",
)
UPDATED = SearchField(
    "Updated",
    Kind.DATE,
    (Operator.EQUALS, *ORDER),
    lambda asking, term: _updated(asking, (term,)),
    "When anything was changed; two terms joined by AND mean the same change.",
    aliases=("TransactionDate",),
    together=_updated,
)
