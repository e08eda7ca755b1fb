"""Sample data of plugins come after the core's and go before it."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from rtpy.demo import load as loading
from rtpy.demo.made import read_made, write_made
from rtpy.errors import Refused
from rtpy.models import User

_script = loading.script


@pytest.fixture
def budgets(app, monkeypatch):
    """How many allowances there are: that of root, and those of the sample."""
    from rtpy_budget.models import Allowance

    monkeypatch.setattr(loading, "script", lambda seed, end: list(_script(seed, end))[:3])

    def count():
        with app.reading_sessions() as db:
            return db.scalar(select(func.count()).select_from(Allowance))

    return count


@pytest.mark.databases("sqlite")  # loading takes seconds; no statement here is another one on PostgreSQL
def test_rtpy_load_demo_and_rtpy_remove_demo_are_called_once_each(app, db, work, budgets):
    from rtpy_budget.allowances import allow

    loading.load(app)
    made = read_made(db)
    assert (budgets(), made.plugins) == (1 + len(made.users), ["budget"])
    loading.load(app)
    assert budgets() == 1 + len(made.users)

    write_made(app, db, replace(made, plugins=["budget", "gone"]))
    db.commit()
    with pytest.raises(Refused, match="The plugin gone has sample data here: enable it first"):
        loading.remove(app)
    db.rollback()
    write_made(app, db, replace(made, plugins=["budget"]))
    kept = made.users[0]
    root = db.scalar(select(User.id).where(User.name == "root"))
    allow(work.as_actor(replace(work.actor, user_id=kept)), root, 5)
    db.commit()
    assert loading.remove(app)
    assert budgets() == 1
    assert [db.get(User, number) is not None for number in made.users].count(
        True
    ) == 1  # who gave root theirs
    assert not loading.remove(app)
