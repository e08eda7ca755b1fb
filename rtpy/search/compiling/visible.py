"""Which transactions of tickets a reader may read: the clauses that every search for what was said goes by."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, true

from rtpy.customfields.kinds import Lookup
from rtpy.fields.definitions import all_fields
from rtpy.history.public import public_clause
from rtpy.models import Transaction
from rtpy.rights.names import Right
from rtpy.search.compiling.field_names import grants_on
from rtpy.work import Work

COMMENT, MAIL, MAIL_OF_COMMENT = "Comment", "EmailRecord", "CommentEmailRecord"
HIDDEN = (COMMENT, MAIL, MAIL_OF_COMMENT)
"""Types of transactions that need a right of their own."""


def is_of_ticket() -> ColumnElement[bool]:
    """A clause over transactions found by their numbers: it is one of a ticket.

    Written so that no index answers it: SQLite would begin with it, and nearly all are.
    """
    return Transaction.object_type.concat(literal_column("''")) == "ticket"


def in_readable(
    work: Work, tickets_of: Callable[[ColumnElement[bool]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """A clause over tickets: `tickets_of`, asked about those types of transactions that may be read on the ticket.

    `tickets_of` gets a clause over `transactions` and makes one over tickets of it. ShowTicket is not asked here.
    """
    kind = Transaction.type
    comments = work.rights.of(Right.SHOW_TICKET_COMMENTS)
    mails = work.rights.of(Right.SHOW_OUTGOING_EMAIL)
    if comments.everywhere and mails.everywhere:
        return tickets_of(true())
    clauses = [tickets_of(kind.not_in(HIDDEN))]
    if not comments.nowhere:
        clauses.append(and_(comments.visible(), tickets_of(kind == COMMENT)))
    if not mails.nowhere:
        clauses.append(and_(mails.visible(), tickets_of(kind == MAIL)))
    if not comments.nowhere and not mails.nowhere:
        clauses.append(and_(comments.visible(), mails.visible(), tickets_of(kind == MAIL_OF_COMMENT)))
    return or_(*clauses)


def visible_transactions(work: Work, *, is_staff: bool = True) -> ColumnElement[bool]:
    """A clause over `transactions` joined with their `tickets`: what the reader may read of the histories.

    Comments need ShowTicketComments, records of mails ShowOutgoingEmail, changes of custom fields SeeCustomField.
    Who is not staff reads what customers may read.
    """
    kind = Transaction.type
    comments = work.rights.of(Right.SHOW_TICKET_COMMENTS)
    mails = work.rights.of(Right.SHOW_OUTGOING_EMAIL)
    clauses: list[ColumnElement[bool]] = [work.rights.of(Right.SHOW_TICKET).visible()]
    if not comments.everywhere:
        clauses.append(or_(kind.not_in((COMMENT, MAIL_OF_COMMENT)), comments.visible()))
    if not mails.everywhere:
        clauses.append(or_(kind.not_in((MAIL, MAIL_OF_COMMENT)), mails.visible()))
    if not work.rights.of(Right.SEE_CUSTOM_FIELD).everywhere:
        clauses.append(or_(kind != "CustomField", _field_seen(work)))
    if not is_staff:
        clauses.append(public_clause())
    return and_(*clauses)


def _field_seen(work: Work) -> ColumnElement[bool]:
    """Is the change one of a field whose values the reader may see on this ticket? Those switched off are none."""
    by_grants: dict[Any, list[str]] = {}
    for each in all_fields(work.app, work.db).values():
        if each.lookup == Lookup.TICKET:
            by_grants.setdefault(grants_on(work, each), []).append(str(each.id))
    clauses = [
        and_(Transaction.field.in_(ids), grants.visible())
        for grants, ids in by_grants.items()
        if not grants.nowhere
    ]
    return or_(false(), *clauses)
