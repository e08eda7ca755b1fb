"""Who has the next step, as customers read it: from the clocks as they were last worked out."""

from sqlalchemy import func, select

from rtpy.history.ball import Ball, Holder
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.models import ClockRow, TicketSla


def ball_told(work: Work, ticket: Ticket) -> Ball | None:
    """The ball of a ticket with a service level or a promise; None for all others. One query.

    Its moment is one that the customer was told: the end of an agreed pause, or while it is ours the earliest open
    promise. Due moments of the agreement are none of these.
    """
    promised = (
        select(func.min(ClockRow.due))
        .where(
            ClockRow.ticket_id == ticket.id,
            ClockRow.target == Target.PROMISE.value,
            ClockRow.state == State.RUNNING.value,
        )
        .scalar_subquery()
    )
    row = work.db.execute(
        select(TicketSla.ball, TicketSla.wakes, promised.label("promised")).where(
            TicketSla.ticket_id == ticket.id
        )
    ).one_or_none()
    if row is None:
        return None
    holder = Holder(row.ball)
    moment = row.promised if holder is Holder.US else row.wakes
    return Ball(holder, moment if moment is not None and moment > work.now else None)
