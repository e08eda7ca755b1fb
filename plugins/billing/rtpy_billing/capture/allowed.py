"""Who may log, see and change work entries."""

from rtpy.changes.allowed import may
from rtpy.errors import NotFound, Refused
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.models import WorkEntry
from rtpy_billing.rights import (
    APPROVE_BILLING,
    APPROVE_TIME,
    LOG_TIME,
    LOG_TIME_FOR_OTHERS,
    SEE_TIME,
)

SEEING = (SEE_TIME, LOG_TIME_FOR_OTHERS, APPROVE_TIME, APPROVE_BILLING)
"""Who holds one of these sees the entries of everybody."""


def may_log(work: Work, worker_id: int) -> bool:
    """May the actor log what that person worked?"""
    rights = work.rights
    own = worker_id == work.actor.user_id and rights.system(LOG_TIME)
    return own or rights.system(LOG_TIME_FOR_OTHERS)


def may_see(work: Work, worker_id: int) -> bool:
    """May the actor see that person's entries?"""
    return worker_id == work.actor.user_id or any(work.rights.system(right) for right in SEEING)


def need_log(work: Work, worker_id: int) -> None:
    """Raises Refused."""
    if not may_log(work, worker_id):
        right = LOG_TIME if worker_id == work.actor.user_id else LOG_TIME_FOR_OTHERS
        raise Refused(f"You may not do that: the right {right} is needed.")


def find_entry(work: Work, entry_id: int) -> WorkEntry:
    """An entry that the actor may see. Raises NotFound."""
    entry = work.db.get(WorkEntry, entry_id)
    if entry is None or not may_see(work, entry.worked_by_id):
        raise NotFound(f"There is no work entry {entry_id}.")
    return entry


def find_ticket(work: Work, ticket_id: int) -> Ticket:
    """A ticket that the actor may see; the one into which it was merged. Raises NotFound."""
    ticket = work.db.get(Ticket, ticket_id)
    if ticket is not None and ticket.merged_into_id is not None:
        ticket = work.db.get(Ticket, ticket.merged_into_id)
    if ticket is None or not may(work, ticket, Right.SHOW_TICKET):
        raise NotFound(f"There is no ticket #{ticket_id}.")
    return ticket
