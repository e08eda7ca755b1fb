"""What searches for tickets can ask of billing, and the columns that show it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ScalarSelect, func, select

from rtpy.models import Ticket
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.columns.column import Kind as ColumnKind
from rtpy.search.compiling.plain import numbers_of
from rtpy.search.compiling.text import NUMBER, compare_number
from rtpy.search.fields.field import Kind, SearchField
from rtpy.work import Work
from rtpy_billing.models import WorkEntry
from rtpy_billing.rights import SEE_TIME

_UNBILLED: ScalarSelect[int] = (
    select(func.coalesce(func.sum(WorkEntry.worked_seconds), 0) / 60)
    .where(WorkEntry.ticket_id == Ticket.id, WorkEntry.state != "invoiced")
    .correlate(Ticket)
    .scalar_subquery()
)


def load_unbilled(work: Work, ids: Sequence[int]) -> Mapping[int, int]:
    """Minutes by ticket that are on no invoice, as far as the reader may see time. One query."""
    if not work.rights.system(SEE_TIME):
        return {}
    query = (
        select(WorkEntry.ticket_id, func.sum(WorkEntry.worked_seconds))
        .where(WorkEntry.ticket_id.in_(ids), WorkEntry.state != "invoiced")
        .group_by(WorkEntry.ticket_id)
    )
    return {
        ticket_id: int(seconds) // 60
        for ticket_id, seconds in work.db.execute(query)
        if ticket_id is not None
    }


FIELDS = {
    "UnbilledMinutes": SearchField(
        "UnbilledMinutes",
        Kind.NUMBER,
        NUMBER,
        lambda asking, term: compare_number(
            _UNBILLED if asking.work.rights.system(SEE_TIME) else func.abs(0), term.operator, numbers_of(term)
        ),
        help="Minutes of work that no invoice has.",
        order=lambda asking, path: () if path or not asking.work.rights.system(SEE_TIME) else (_UNBILLED,),
    )
}
COLUMNS = {"UnbilledMinutes": BroughtColumn("Unbilled", ColumnKind.MINUTES, load_unbilled)}
