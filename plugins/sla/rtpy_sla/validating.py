"""What must hold together in service levels: clocks against their tickets and histories."""

from typing import Any

from sqlalchemy import and_, delete, exists, literal, not_, or_, select

from rtpy.db.base import table_of
from rtpy.models import Ticket, Transaction
from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work
from rtpy_sla.following.recalculating import work_out_again
from rtpy_sla.models import ClockRow, TicketSla

AT_ONCE = 250


def _no_such(column: Any) -> Any:
    """The entry of the history that a clock names is none of its ticket, or of one merged into it."""
    merged = select(Ticket.id).where(Ticket.merged_into_id == ClockRow.ticket_id).correlate(ClockRow)
    of_it = or_(Transaction.object_id == ClockRow.ticket_id, Transaction.object_id.in_(merged))
    there = exists().where(and_(Transaction.id == column, Transaction.object_type == "ticket", of_it))
    return and_(column.is_not(None), column != 0, not_(there))


def _lost() -> Any:
    """Clocks whose ticket has no line of its own in lists, and those that began or ended with nothing."""
    line = exists().where(TicketSla.ticket_id == ClockRow.ticket_id)
    return or_(not_(line), _no_such(ClockRow.started_by), _no_such(ClockRow.ended_by))


def _look_clocks(work: Work) -> Found:
    query = select(literal("clock"), ClockRow.target, literal("of ticket"), ClockRow.ticket_id)
    return count_rows(work, query.where(_lost()).order_by(ClockRow.ticket_id, ClockRow.id))


def _count_again(work: Work) -> int:
    """Clocks come from the history of their tickets alone; those of tickets that have to do with none go."""
    line = exists().where(TicketSla.ticket_id == table_of(ClockRow).c.ticket_id)
    removed = work.db.connection().execute(delete(table_of(ClockRow)).where(not_(line))).rowcount
    ids = list(
        work.db.scalars(select(ClockRow.ticket_id).where(_lost()).distinct().order_by(ClockRow.ticket_id))
    )
    for start in range(0, len(ids), AT_ONCE):
        work_out_again(work.as_system(), ids[start : start + AT_ONCE], write=True)
    return len(ids) + int(removed)


def _look_merged(work: Work) -> Found:
    query = (
        select(literal("clock"), ClockRow.target, literal("of ticket"), ClockRow.ticket_id)
        .join(Ticket, Ticket.id == ClockRow.ticket_id)
        .where(Ticket.merged_into_id.is_not(None), ClockRow.state == "running")
    )
    return count_rows(work, query.order_by(ClockRow.ticket_id, ClockRow.id))


VALIDATIONS = (
    Validation(
        "sla.clocks",
        "clocks began or ended with an entry that is not in the history of their ticket, or stand in no list",
        _look_clocks,
        "They are worked out again from the histories.",
        _count_again,
    ),
    Validation(
        "sla.merged",
        "clocks run on tickets that were merged into others",
        _look_merged,
        "Work them out again: rtpy sla recount --closed --apply.",
    ),
)
