"""Rows of clocks, and a month of them that is counted by hand."""

import pytest

from plugins.sla.tests.reports.made import HOUR, at, clock_row, gold, pause_row, put

__all__ = ["clock_row", "gold", "month", "pause_row"]


@pytest.fixture(autouse=True)
def noon(clock):
    """It is noon of 30 March, from the beginning of the test on."""
    clock.set(at("03-30 12"))


@pytest.fixture
def month(make, db, clock_row, pause_row):
    """March 2026 of two customers.

    Acme: first responses met (1 h), missed (5 h of 4), excused (6 h of 4), one open; a resolution in 10 h with 5 h of
    pauses; a promise kept, one broken. Bolt: a first response met (3 h), one of February, a stopped clock.
    """
    acme, bolt = make.organization("Acme", "acme.example"), make.organization("Bolt", "bolt.example")
    jo, kim = make.staff("jo", real_name="Jo"), make.staff("kim", real_name="Kim")
    made = []
    for number in range(1, 8):
        ticket = make.ticket(f"Request {number}", requestor=f"ann@{'acme' if number < 5 else 'bolt'}.example")
        put(db, ticket, organization_id=acme.id if number < 5 else bolt.id, created=at("03-02 8"))
        made.append(ticket)
    one, two, three, four, five, six, seven = made
    first = "first_response"
    clock_row(one, first, "03-02 9", ended="03-02 10", due="03-02 13", person_id=jo.id)
    clock_row(two, first, "03-09 9", ended="03-09 14", due="03-09 13", person_id=jo.id, cause="Overlooked")
    clock_row(
        three,
        first,
        "03-09 9",
        ended="03-09 15",
        due="03-09 13",
        person_id=kim.id,
        excuse="Storm over the north",
        excused_by_id=kim.id,
        excused_at=at("03-10 9"),
    )
    clock_row(four, first, "03-30 11", due="03-30 15")
    clock_row(one, "resolution", "03-02 9", ended="03-03 0", due="03-04 0", used=10 * HOUR, paused=5 * HOUR)
    clock_row(one, "promise", "03-02 9", ended="03-05 9", due="03-06 9", unit="wall", version_id=None)
    clock_row(two, "promise", "03-09 9", ended="03-12 9", due="03-11 9", unit="wall")
    clock_row(five, first, "03-30 8", ended="03-30 11", due="03-30 12")
    clock_row(six, first, "02-10 9", ended="02-10 10", due="02-10 13", person_id=jo.id)
    clock_row(seven, first, "03-10 9", ended="03-10 9:30", due="03-10 13", state="stopped")
    pause_row(one, "customer", "03-02 12", hours=4, wrote="03-02 13", by=jo, reason="Sekret-4711")
    pause_row(one, "third", "03-02 18", hours=2, by=kim)
    pause_row(two, "customer", "03-09 10", hours=1, by=jo)
    return made
