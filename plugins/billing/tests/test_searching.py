"""What searches know of billing, and what it begins with."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.time import AddTime
from rtpy.models import Ace
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find
from rtpy_billing.models import Agreement, AgreementLine, Customer, WorkEntry
from rtpy_billing.searching import load_agreed, load_unbilled


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


@pytest.fixture
def agreed(work, make, db, clock):
    """Gold covers all of one customer, Desk only one queue of another; one of both is over."""
    made = {}
    for name, desk in (("Gold", None), ("Desk", make.queue("Desk").id)):
        of = make.organization(f"{name} customer", f"{name.lower()}.example")
        db.add(Customer(organization_id=of.id, currency="EUR", zone="Europe/Berlin"))
        for number, (title, ends) in enumerate(((name, None), (f"Old {name}", date(2026, 3, 2)))):
            agreement = Agreement(
                organization_id=of.id,
                number=f"{name[0]}-{number}",
                name=title,
                state="active",
                starts_on=date(2026, 1, 1),
                ends_on=ends,
                currency="EUR",
                created=clock.now(),
            )
            db.add(agreement)
            db.flush()
            only = [{"about": "queue", "values": [desk]}, {"about": "work_type", "values": [1]}]
            conditions = only if desk else None
            line = AgreementLine(agreement_id=agreement.id, kind="block", name="Hours", conditions=conditions)
            db.add(line)
        made[name] = make.ticket(name, requestor=f"ann@{name.lower()}.example", queue="Desk")
    made["Other queue"] = make.ticket("Other queue", requestor="ann@desk.example")
    made["Nobody's"] = make.ticket("Nobody's", requestor="bob@elsewhere.example")
    db.flush()
    return made


def test_tickets_are_found_and_shown_by_the_agreement_that_covers_them_now(work, work_of, make, agreed):
    numbers = {ticket.id: name for name, ticket in agreed.items()}
    for query, names in {
        "Agreement = 'gold'": ["Gold"],
        "Agreement = 'D-0'": ["Desk"],
        "Agreement = 'Old Gold'": [],
        "Agreement LIKE 'd'": ["Gold", "Desk"],
        "Agreement IN ('Gold', 'Desk')": ["Gold", "Desk"],
        "Agreement != 'Gold'": ["Desk", "Other queue", "Nobody's"],
        "Agreement IS NULL": ["Other queue", "Nobody's"],
        "Agreement IS NOT NULL": ["Gold", "Desk"],
    }.items():
        assert [numbers[each] for each in found(work, query)] == names, query
    shown = {numbers[number]: name for number, name in load_agreed(work, list(numbers)).items()}
    assert shown == {"Gold": "Gold", "Desk": "Desk"}
    make.staff("jo")
    jo = work_of("jo")
    assert (found(jo, "Agreement = 'Gold'"), load_agreed(jo, list(numbers))) == ([], {})
    assert found(jo, "Agreement IS NULL") == sorted(numbers)
