"""What searches know of billing, and what it begins with."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.time import AddTime
from rtpy.models import Ace
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find
from rtpy_billing.models import WorkEntry
from rtpy_billing.searching import load_unbilled


@pytest.fixture
def tickets(make, work, db):
    """One with 40 unbilled minutes, one with 20 that are invoiced, one without."""
    made = [make.ticket(name) for name in ("Open", "Invoiced", "Nothing")]
    change_ticket(work, made[0], AddTime(40))
    change_ticket(work, made[1], AddTime(20))
    db.scalars(select(WorkEntry).where(WorkEntry.ticket_id == made[1].id)).one().state = "invoiced"
    db.flush()
    return [each.id for each in made]


def found(work, query):
    return sorted(find(work, Search(node=parse(query).node)).ids)


@pytest.mark.parametrize(
    ("query", "places"),
    [("UnbilledMinutes > 0", [0]), ("UnbilledMinutes = 40", [0]), ("UnbilledMinutes < 1", [1, 2])],
)
def test_tickets_are_found_by_what_is_unbilled(work, tickets, query, places):
    assert found(work, query) == [tickets[place] for place in places]


def test_the_column_shows_it_and_who_may_not_see_time_learns_nothing(work, work_of, make, tickets):
    assert load_unbilled(work, tickets) == {tickets[0]: 40}
    make.staff("jo")
    jo = work_of("jo")
    assert load_unbilled(jo, tickets) == {}
    assert found(jo, "UnbilledMinutes > 0") == []
    assert found(jo, "UnbilledMinutes = 0") == tickets


def test_staff_may_log_their_own_time_from_the_first_day_on(db, work_of, make):
    make.staff("jo")
    assert work_of("jo").rights.system("LogTime")
    assert db.scalars(select(Ace.right_name).where(Ace.right_name == "SeeMoney")).all() == []
