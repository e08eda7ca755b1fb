"""Keeping tickets with the policy that fits: pinned when they are made, pinned or offered when they change."""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.models import Ticket, Transaction
from rtpy.plugin_settings import setting
from rtpy.work import Face, Work
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.changes import PinPolicy
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.following.recorded import POLICY
from rtpy_sla.following.recount import recount, recount_many
from rtpy_sla.models import TicketSla
from rtpy_sla.policies.fitting import fitting

OURS = "sla."
ASK = "ask"
FIELDS = frozenset(
    {"Queue", "Priority", "Organization", "Site", "Subject", "Type", "Requestor", "MergedInto"}
)
"""What a transaction is about when it can make another policy fit; changes of custom fields too."""


def follow(work: Work, ticket: Ticket, transactions: Sequence[Transaction]) -> None:
    """After a bundle: pin or offer what fits, then work the clocks out again. The ticket's row is locked.

    Tickets that nothing is promised on cost one query, and one more when something changed that policies ask for.
    """
    if ticket.type != "ticket":
        return
    is_new = any(each.type == "Create" and each.object_id == ticket.id for each in transactions)
    row = None if is_new else work.db.get(TicketSla, ticket.id)
    if row is not None and any(each.type == POLICY for each in transactions):
        row.offered_version_id = None
    elif is_new or any(_can_matter(each) for each in transactions):
        if _follow_change(work, ticket, row):
            return  # pinned in a bundle of its own, which was followed
    if row is not None or any(each.type.startswith(OURS) for each in transactions):
        recount(work, ticket)
    others = {each.object_id for each in transactions if each.object_type == "ticket"} - {ticket.id}
    if others:
        recount_many(work, sorted(others))


def _follow_change(work: Work, ticket: Ticket, row: TicketSla | None) -> bool:
    """Pin what fits now, or offer it; was something pinned?"""
    catalogue = catalogue_of(work.app, work.db)
    if not catalogue.offered or ticket.merged_into_id is not None:
        return False
    fits = fitting(work, [ticket.id]).get(ticket.id)
    held = catalogue.versions.get(row.version_id) if row is not None and row.version_id else None
    if fits is not None and held is None:
        return _pin(work, ticket, fits, Retarget.FROM_CREATION)
    if row is None or held is None:
        return False
    if fits is None or catalogue.versions[fits].policy_id == held.policy_id:
        row.offered_version_id = None
        return False
    answer = str(setting(work.app, work.db, "sla.when_moved"))
    if answer != ASK and not _is_by_hand(work, ticket):
        return _pin(work, ticket, fits, Retarget(answer))
    row.offered_version_id = fits
    return False


def _pin(work: Work, ticket: Ticket, version_id: int, retarget: Retarget) -> bool:
    change_ticket(work.as_system(), ticket, PinPolicy(version_id, retarget))
    return True


def _is_by_hand(work: Work, ticket: Ticket) -> bool:
    """Did a person choose the policy that it has? Then another one is only offered."""
    face = work.db.scalar(
        select(Transaction.face)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type == POLICY,
        )
        .order_by(Transaction.id.desc())
        .limit(1)
    )
    return face is not None and face != Face.SYSTEM.value


def _can_matter(transaction: Transaction) -> bool:
    return transaction.type == "CustomField" or transaction.field in FIELDS
