"""Giving tickets the policy that fits them: many at once by hand."""

from collections.abc import Collection

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.pipeline import change_ticket
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.changes import PinPolicy
from rtpy_sla.models import TicketSla
from rtpy_sla.policies.fitting import fitting
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

MOST = 500


def pin_fitting(work: Work, ticket_ids: Collection[int], retarget: Retarget, reason: str = "") -> int:
    """Pin to each of these tickets, at most 500, the version that fits it now; how many were changed.

    Tickets that the actor may not see, and those that have it already, are left as they are. Each is changed by the
    pipeline, so that it stands in its history by the actor's name. Needs AdminServiceLevels and ChangeServiceLevel.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    tickets = work.db.scalars(
        select(Ticket)
        .where(
            Ticket.id.in_(sorted(ticket_ids)[:MOST]),
            Ticket.merged_into_id.is_(None),
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(Ticket.id)
    ).all()
    wanted = fitting(work, [ticket.id for ticket in tickets])
    held = dict(
        work.db.execute(
            select(TicketSla.ticket_id, TicketSla.version_id).where(TicketSla.ticket_id.in_(list(wanted)))
        ).all()
    )
    moving = [ticket for ticket in tickets if held.get(ticket.id) != wanted[ticket.id]]
    for ticket in moving:
        change_ticket(work, ticket, PinPolicy(wanted[ticket.id], retarget, reason))
    return len(moving)
