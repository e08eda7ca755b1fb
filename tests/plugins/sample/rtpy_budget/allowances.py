"""Allowances: read, given, added when two people turn out to be one."""

from sqlalchemy import literal, select, update

from rtpy.changes.merging_people.references import LEAVE, MOVE, Decision
from rtpy.models import User
from rtpy.personal.declared import Deed, Personal
from rtpy.validating.validation import Validation, count_rows
from rtpy_budget.models import Allowance

GENEROUS = 1000
"""Minutes that somebody must have given up before they can be shredded."""

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


def shred(plan):
    """What they gave goes with people, and who may spend very much stays."""
    people = plan.ids(User)
    plan.take_all(Allowance, Allowance.given_by_id, people)
    for part in plan.clauses(Allowance):
        query = select(Allowance.minutes).where(part, Allowance.user_id.in_(people))
        if max(plan.db.scalars(query), default=0) > GENEROUS:
            plan.refuse(f"Somebody with more than {GENEROUS} minutes is needed.")


def _negative(work):
    return count_rows(work, select(literal("user"), Allowance.user_id).where(Allowance.minutes < 0))


def _lift(work):
    return work.db.execute(update(Allowance).where(Allowance.minutes < 0).values(minutes=0)).rowcount


VALIDATIONS = (
    Validation("budget.negative", "allowances are below nothing", _negative, "They become nothing.", _lift),
)

PERSONAL = (Personal("budget_allowances", "user_id", "allowances", ("minutes",), Deed.DROP),)
