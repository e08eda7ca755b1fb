"""What becomes of open tickets when their policy is disabled: what fits now, or no service level at all."""

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.changes import PinPolicy
from rtpy_sla.models import Policy, TicketSla
from rtpy_sla.policies.fitting import fitting

MOST = 100
REASON = "The service level was disabled"


def retire(work: Work, most: int = MOST) -> int:
    """Give open tickets of disabled policies what fits now, by the system; how many that were.

    What their clocks missed stays. Where nothing fits, clocks stop, and with them all steps that were to come.
    """
    tickets = work.db.scalars(
        select(Ticket)
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .join(Policy, Policy.id == TicketSla.policy_id)
        .where(
            Policy.disabled.is_(True),
            Ticket.status.in_(work.app.lifecycles.active_statuses()),
            Ticket.merged_into_id.is_(None),
        )
        .order_by(Ticket.id)
        .limit(most)
        .with_for_update(of=Ticket, skip_locked=True)
    ).all()
    wanted = fitting(work, [ticket.id for ticket in tickets])
    for ticket in tickets:
        change_ticket(work.as_system(), ticket, PinPolicy(wanted[ticket.id], Retarget.FROM_CREATION, REASON))
    return len(tickets)


def retire_some(app: App) -> int:
    """One round of the worker."""
    with app.work() as work:
        return retire(work)


RETIRING = Chore("sla tickets of disabled policies", 60.0, retire_some)
