"""What searches for tickets can ask of known issues: `KnownIssue = 12`, and the columns that show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from rtpy.models import Ticket
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.columns.column import Kind as ColumnKind
from rtpy.search.compiling.text import NUMBER, compare_number
from rtpy.search.compiling.values import need_no_part
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term
from rtpy.work import Work
from rtpy_portal.issues.seen import sees_issues
from rtpy_portal.models import Issue, IssueTicket

NOTHING: ColumnElement[Any] = select(IssueTicket.issue_id).where(IssueTicket.ticket_id < 0).scalar_subquery()
NULLS = (Operator.IS, Operator.IS_NOT)
_NUMBER = (
    select(IssueTicket.issue_id).where(IssueTicket.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()
)


def _find(asking: Asking, term: Term) -> ColumnElement[bool]:
    """To who is no staff every ticket is without."""
    need_no_part(term)
    column = _NUMBER if sees_issues(asking.work) else NOTHING
    if term.operator in NULLS:
        clause: ColumnElement[bool] = column.is_(None)
        return clause if term.operator is Operator.IS else ~clause
    return compare_number(column, term.operator, term.value)


def _load_numbers(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
    if not sees_issues(work):
        return {}
    rows = work.db.execute(
        select(IssueTicket.ticket_id, IssueTicket.issue_id).where(IssueTicket.ticket_id.in_(ids))
    )
    return {row.ticket_id: row.issue_id for row in rows}


def _load_titles(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
    if not sees_issues(work):
        return {}
    rows = work.db.execute(
        select(IssueTicket.ticket_id, Issue.title)
        .join(Issue, Issue.id == IssueTicket.issue_id)
        .where(IssueTicket.ticket_id.in_(ids))
    )
    return {row.ticket_id: row.title for row in rows}


FIELDS = {
    "KnownIssue": SearchField(
        "KnownIssue",
        Kind.NUMBER,
        (*NUMBER, *NULLS),
        _find,
        "The number of the known issue that the ticket is linked to.",
        order=lambda asking, _path: (_NUMBER,) if sees_issues(asking.work) else (),
    )
}
COLUMNS = {
    "KnownIssue": BroughtColumn("Known issue", ColumnKind.NUMBER, _load_numbers),
    "KnownIssueTitle": BroughtColumn("Known issue: title", ColumnKind.TEXT, _load_titles),
}
