"""Allowances: read, given, added when two people turn out to be one."""

from rtpy.changes.merging_people.references import LEAVE, MOVE, Decision
from rtpy_budget.models import Allowance

REFERENCES = {
    "budget_allowances.user_id": Decision(LEAVE),  # add_allowances does it
    "budget_allowances.given_by_id": Decision(MOVE, "allowances given"),
}


def allowance_of(db, user_id):
    """Minutes beyond the budget."""
    found = db.get(Allowance, user_id)
    return found.minutes if found else 0


def allow(work, user_id, minutes):
    """Give somebody so many minutes."""
    found = work.db.get(Allowance, user_id)
    if found is None:
        found = Allowance(user_id=user_id)
        work.db.add(found)
    found.minutes, found.given_by_id = minutes, work.actor.user_id
    work.db.flush()


def add_allowances(work, kept, merged):
    """One person has what both had."""
    theirs = work.db.get(Allowance, merged.id)
    if theirs is not None:
        allow(work, kept.id, allowance_of(work.db, kept.id) + theirs.minutes)
        work.db.delete(theirs)
