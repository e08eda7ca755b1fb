"""A service level in an office of Berlin, a ticket that has it, and staff who may say things about it."""

from datetime import UTC, datetime

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.models import CalendarVersion, WorkCalendar
from rtpy_sla.models import Policy, PolicyVersion

NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday, nine o'clock in Berlin."""
HOUR = 3600


def term(amount, unit="business", pauses=("customer", "third", "scheduled")):
    """A term as versions keep it."""
    return {"amount": amount, "unit": unit, "pauses": list(pauses)}


def add_office(db):
    """A calendar: Mondays to Fridays nine to five, in Berlin."""
    calendar = WorkCalendar(name="Berlin office", created=NINE)
    db.add(calendar)
    db.flush()
    week = [[[9 * 60, 17 * 60]]] * 5 + [[], []]
    said = {"exceptions": {}, "yearly": {}, "holidays": {}, "feed_days": {}, "reason": "saved"}
    db.add(
        CalendarVersion(
            calendar_id=calendar.id, number=1, zone="Europe/Berlin", week=week, created=NINE, **said
        )
    )
    db.flush()
    return calendar


def add_policy(db, work, office, name, position, conditions=None, **terms):
    """A policy with one band; its version."""
    row = Policy(name=name, position=position)
    db.add(row)
    db.flush()
    version = PolicyVersion(
        policy_id=row.id,
        number=1,
        conditions=conditions or {},
        bands=[{"from_priority": 0, "calendar_id": office.id, "terms": terms}],
        reopening="continue",
        confirm_seconds=7 * 86_400,
        on_priority="creation",
        created=NINE,
        creator_id=work.actor.user_id,
    )
    db.add(version)
    db.flush()
    return version


@pytest.fixture
def office(db, clock):
    """The calendar, on a Monday at nine."""
    clock.set(NINE)
    return add_office(db)


@pytest.fixture
def policy(db, work, office):
    """Makes a policy; Gold by default."""

    def make_policy(name="Gold", position=1, conditions=None, **terms):
        usual = {"first_response": term(4 * HOUR), "resolution": term(16 * HOUR)}
        return add_policy(db, work, office, name, position, conditions, **(terms or usual))

    return make_policy


@pytest.fixture
def says(app, db, work, clock):
    """`says(ticket, NINE, Correspond(...))`: root changes the ticket at that moment; another one as `by`."""

    def change(ticket, at, *changes, by=None):
        clock.set(at)
        working = by or work
        working.now = at
        return change_ticket(working, ticket, *changes)

    return change


@pytest.fixture
def ticket(make, policy):
    """Written on Monday at nine, with Gold from the beginning."""
    policy(conditions={"query": "Subject LIKE 'Printer'"})
    return make.ticket("Printer on fire")
