"""What a new database gets, and what stands in set-up files."""

from sqlalchemy import delete, select

from rtpy.errors import Invalid, Problem
from rtpy.initialdata.brought import InitialData
from rtpy.initialdata.section import Section
from rtpy.models import User
from rtpy_budget.allowances import allow
from rtpy_budget.models import Allowance


def give_root(work):
    """Nothing beyond the budget at first, but somebody is on the list."""
    root = work.db.scalar(select(User.id).where(User.name == "root"))
    allow(work, root, 0)


def dump(work):
    """All allowances by name."""
    rows = work.db.execute(
        select(User.name, Allowance.minutes).join(User, User.id == Allowance.user_id).order_by(User.name)
    )
    return [{"person": row.name, "minutes": row.minutes} for row in rows]


def save(work, entry, before):
    """Give one."""
    person = work.db.scalar(select(User.id).where(User.name == entry["person"]))
    if person is None:
        raise Invalid(Problem("person", f"There is nobody named {entry['person']}."))
    allow(work, person, entry["minutes"])


ALLOWANCES = Section("budget_allowances", ("person",), {"minutes": 0}, dump, save)
DATA = InitialData(give_root, (ALLOWANCES,))


def begin_demo(work, made):
    """Ten minutes for everybody of the sample consultancy while they are new."""
    for number in made.users:
        allow(work, number, 10)


def load_demo(work, made):
    """An hour for everybody of the sample consultancy."""
    for number in made.users:
        allow(work, number, 60)


def remove_demo(work, made):
    """Their hours go with them."""
    work.db.execute(delete(Allowance).where(Allowance.user_id.in_(made.users)))
