"""The clock that an excuse or an explanation is about."""

from sqlalchemy import select

from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.models import ClockRow


def missed_clock(work: Work, ticket: Ticket, target: Target, cycle: int) -> ClockRow:
    """The row of a target that was missed, or runs past its due moment. Raises Refused when it is neither."""
    row = work.db.scalars(
        select(ClockRow).where(
            ClockRow.ticket_id == ticket.id, ClockRow.target == target.value, ClockRow.cycle == cycle
        )
    ).one_or_none()
    is_past = (
        row is not None and row.state == State.RUNNING.value and row.due is not None and row.due < work.now
    )
    if row is None or (row.missed is None and not is_past):
        raise Refused("That target was not missed: there is nothing to explain.")
    return row
