"""Sample data of plugins come after the core's and go before it."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from rtpy.demo import load as loading
from rtpy.demo.brought import begin_brought, load_brought
from rtpy.demo.made import Made, read_made, write_made
from rtpy.errors import Refused
from rtpy.models import Principal, User


@pytest.fixture
def made(app, db, make):
    """The record of a sample consultancy of two people, loaded to its end by the core."""
    made = Made(42, is_complete=True, users=[make.staff("ann").id, make.staff("bo").id])
    write_made(app, db, made)
    db.commit()
    return made


@pytest.fixture
def count(app):
    """How many allowances there are besides that of root."""
    from rtpy_budget.models import Allowance

    def count():
        with app.reading_sessions() as db:
            return db.scalar(select(func.count()).select_from(Allowance)) - 1

    return count


def test_rtpy_load_demo_and_rtpy_remove_demo_are_called_once_each(app, db, made, count):
    loading.load(app)
    assert (count(), read_made(db).plugins) == (2, ["budget"])
    loading.load(app)
    assert count() == 2
    assert loading.remove(app)
    assert count() == 0
    assert [db.get(User, number) for number in made.users] == [None, None]
    assert not loading.remove(app)


def test_rtpy_begin_demo_is_called_before_there_are_tickets(app, db, make, count):
    begin_brought(app)
    assert count() == 0  # there is no sample
    write_made(app, db, Made(42, users=[make.staff("ann").id]))
    db.commit()
    begin_brought(app)
    assert count() == 1


def test_rtpy_load_demo_waits_until_the_core_has_loaded_its_own(app, db, made, count):
    write_made(app, db, replace(made, is_complete=False))
    db.commit()
    assert (load_brought(app), count()) == ([], 0)


def test_rtpy_remove_demo_of_a_plugin_that_is_not_listed_is_missed(app, db, made, count):
    loading.load(app)
    write_made(app, db, replace(made, plugins=["budget", "gone"]))
    db.commit()
    with pytest.raises(Refused, match="The plugin gone has sample data here: enable it first"):
        loading.remove(app)
    db.rollback()
    assert count() == 2


def test_people_of_the_sample_whom_a_plugin_still_names_stay_disabled(app, db, work, made):
    from rtpy_budget.allowances import allow

    root = db.scalar(select(User.id).where(User.name == "root"))
    allow(work.as_actor(replace(work.actor, user_id=made.users[0])), root, 5)
    db.commit()
    assert loading.remove(app)
    db.expire_all()
    assert db.get(User, made.users[1]) is None
    assert db.get(Principal, made.users[0]).disabled
