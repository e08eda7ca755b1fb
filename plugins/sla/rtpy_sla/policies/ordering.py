"""The order in which policies are tried, and which of them are in use."""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Refused
from rtpy.work import Work
from rtpy_sla.models import Policy
from rtpy_sla.policies.retiring import retire
from rtpy_sla.policies.saving import plain_policy
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS


def reorder(work: Work, policy_ids: Sequence[int]) -> None:
    """Try the policies in this order; all of them must be named. Needs AdminServiceLevels. Raises Refused."""
    need_system(work, ADMIN_SERVICE_LEVELS)
    rows = {row.id: row for row in work.db.scalars(select(Policy).order_by(Policy.position, Policy.id))}
    if sorted(policy_ids) != sorted(rows):
        raise Refused("There are other policies meanwhile: look at the list again.")
    before = [row.name for row in rows.values()]
    for position, number in enumerate(policy_ids, 1):
        rows[number].position = position
    after = [rows[number].name for number in policy_ids]
    note_configuration(work, "sla_policy", None, "order of policies", {"order": before}, {"order": after})


def set_disabled(work: Work, policy: Policy, *, disabled: bool) -> None:
    """Offer it no more to new tickets, or again. Needs AdminServiceLevels.

    Open tickets that have it get what fits now, or nothing: the first of them at once, the rest by the worker.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    before = plain_policy(work, policy)
    policy.disabled = disabled
    note_configuration(work, "sla_policy", policy.id, policy.name, before, plain_policy(work, policy))
    work.db.flush()  # what fits now is asked of the rows
    if disabled:
        retire(work)
