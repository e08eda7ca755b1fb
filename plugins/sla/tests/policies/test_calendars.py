"""A calendar that changes moves the due moments of what is open, and knows what counts in it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rtpy.changes.calendars.saving import save_calendar, typed_calendar, uses_of
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy_sla.escalation.run import due_tickets, look_after
from rtpy_sla.models import ClockRow, Level, TicketSla
from rtpy_sla.policies.saving import Draft, save_policy

HOUR = 3600


@pytest.fixture
def office(work, clock):
    """Monday to Friday nine to five in UTC; it is Thursday noon."""
    clock.set(datetime(2026, 3, 5, 12, tzinfo=UTC))
    hours = {f"day_{at}": "09:00-17:00" for at in range(5)}
    return save_calendar(work, None, {"name": "Office", "zone": "UTC", **hours})


@pytest.fixture
def gold(work, office):
    """Everybody is promised a solution in eight open hours."""
    term = {"amount": 8 * HOUR, "unit": "business", "pauses": []}
    band = {"from_priority": 0, "calendar_id": office.id, "terms": {"resolution": term}}
    return save_policy(work, None, Draft("Gold", bands=(band,)))


def due_of(db, ticket):
    db.expire_all()
    return db.scalar(
        select(ClockRow.due).where(ClockRow.ticket_id == ticket.id, ClockRow.target == "resolution")
    )


def test_a_day_off_moves_what_is_open_and_nothing_else(work_of, db, make, office, gold):
    work = work_of("root")
    waiting, done = make.ticket("Waiting"), make.ticket("Done")
    change_ticket(work, done, SetStatus("resolved"))
    assert due_of(db, waiting) == due_of(db, done) == datetime(2026, 3, 6, 12, tzinfo=UTC)
    given = typed_calendar(work, office) | {"exceptions": "2026-03-06", "valid_from": "2026-03-06"}
    save_calendar(work, office, given)
    again = due_tickets(work.as_system())
    assert again == [waiting.id]
    look_after(work.as_system(), again)
    assert due_of(db, waiting) == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert due_of(db, done) == datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert db.scalar(select(TicketSla.wakes).where(TicketSla.ticket_id == waiting.id)) is None
    assert due_tickets(work.as_system()) == []


def test_its_page_names_policies_and_levels(work, db, office, gold):
    db.add(Level(name="Basic", terms={}, calendar_id=office.id))
    db.flush()
    assert [use.label for use in uses_of(work, office.id)] == ["Policy Gold", "Level Basic"]


def test_another_calendar_moves_nothing(work, db, make, office, gold):
    make.ticket("Waiting")
    other = save_calendar(work, None, {"name": "Other", "zone": "UTC", "day_0": "09:00-17:00"})
    save_calendar(work, other, typed_calendar(work, other) | {"day_1": "09:00-17:00"})
    assert due_tickets(work.as_system()) == []
    assert uses_of(work, other.id) == []
