"""Is an entry late: logged on a ticket that is closed, or for a day that an issued invoice has billed already."""

from datetime import date

from sqlalchemy import bindparam, select

from rtpy.models import Queue, Ticket
from rtpy.work import Work
from rtpy_billing.models import Invoice


def is_late(work: Work, ticket: Ticket | None, organization_id: int | None, day: date) -> bool:
    """At most one query, beside the ticket's queue."""
    return (ticket is not None and is_closed(work, ticket)) or _is_billed(work, organization_id, day)


def is_closed(work: Work, ticket: Ticket) -> bool:
    """Is its status one of those at the end of its lifecycle?"""
    queue = work.db.get_one(Queue, ticket.queue_id)
    return work.app.lifecycles.get(queue.lifecycle).is_inactive(ticket.status)


def _is_billed(work: Work, organization_id: int | None, day: date) -> bool:
    if organization_id is None:
        return False
    return work.db.scalar(_BILLED, {"organization": organization_id, "day": day}) is not None


_BILLED = (
    select(Invoice.id)
    .where(
        Invoice.organization_id == bindparam("organization"),
        Invoice.kind == "invoice",
        Invoice.state != "draft",
        Invoice.period_start <= bindparam("day"),
        Invoice.period_end > bindparam("day"),
    )
    .limit(1)
)
