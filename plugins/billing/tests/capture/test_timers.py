"""Timers: one runs per person, they survive everything, and nothing is ever cut silently."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy.errors import NotFound, Refused
from rtpy_billing.capture.clocks import read_clocks
from rtpy_billing.capture.timers import (
    cut_timer,
    find_timer,
    keep_timer,
    pause_timer,
    resume_timer,
    seconds_of,
    start_timer,
)
from rtpy_billing.models import Customer, Timer, WorkEntry, WorkType

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_starting_one_pauses_the_other_and_says_which(work, make):
    first, second = make.ticket(), make.ticket("Other")
    work.now = NINE
    one = start_timer(work, first).timer
    work.now = NINE + timedelta(minutes=25)
    started = start_timer(work, second)
    assert (started.paused, one.started, one.seconds) == (one, None, 1500)
    work.now += timedelta(minutes=5)
    assert start_timer(work, first).timer is one
    assert seconds_of(started.timer, work.now) == 300
    work.now += timedelta(minutes=5)
    pause_timer(work, one)
    assert seconds_of(one, work.now + timedelta(days=1)) == 1800
    resume_timer(work, one)
    assert [each.is_running for each in read_clocks(work, UTC)] == [True, False]


@pytest.mark.databases("sqlite")  # no statement that the others have not
def test_a_timer_is_its_persons_own(work, work_of, make):
    timer = start_timer(work, make.ticket()).timer
    make.staff("annette")
    with pytest.raises(NotFound):
        find_timer(work_of("annette"), timer.id)


@pytest.mark.databases("sqlite")  # reckoning; the one query is asked on both above
@pytest.mark.parametrize(
    ("began", "now", "deed_at", "asks"),
    [
        (NINE, NINE + timedelta(minutes=119), None, ""),
        (NINE, NINE + timedelta(minutes=121), None, "idle"),
        (NINE, NINE + timedelta(minutes=121), NINE + timedelta(minutes=60), ""),
        (NINE + timedelta(hours=8), NINE + timedelta(hours=9, minutes=1), None, "day"),
        (NINE + timedelta(hours=10), NINE + timedelta(hours=11), None, ""),
        (NINE + timedelta(hours=14), NINE + timedelta(hours=15, minutes=30), None, "day"),
    ],
    ids=["busy", "idle", "idle but replied", "past the day's end", "begun after it", "past midnight"],
)
def test_a_forgotten_timer_is_asked_about(db, work, make, began, now, deed_at, asks):
    ticket = make.ticket()
    work.now = began
    start_timer(work, ticket)
    if deed_at is not None:
        work.now = deed_at
        change_ticket(work, ticket, Comment(plain_message("Hm.")))
    work.now = now
    assert read_clocks(work, BERLIN)[0].asks == asks


@pytest.mark.databases("sqlite")  # reckoning
def test_a_forgotten_timer_is_kept_or_cut_and_never_by_itself(db, work, make):
    ticket = make.ticket()
    work.now = NINE
    timer = start_timer(work, ticket).timer
    work.now = NINE + timedelta(hours=1)
    change_ticket(work, ticket, Comment(plain_message("Hm.")))
    work.now = NINE + timedelta(hours=12)
    (clock,) = read_clocks(work, BERLIN)
    assert (clock.asks, clock.seconds) == ("day", 12 * 3600)
    assert clock.evidence == NINE + timedelta(hours=1)
    assert clock.day_end == NINE + timedelta(hours=9)
    keep_timer(work, timer)
    assert read_clocks(work, BERLIN)[0].asks == ""
    with pytest.raises(Refused):
        cut_timer(work, timer, NINE - timedelta(hours=1))
    cut_timer(work, timer, clock.evidence)
    assert (timer.started, timer.seconds) == (None, 3600)


@pytest.mark.databases("sqlite")  # pages
def test_a_timer_is_seen_on_every_page_and_its_time_is_logged_when_it_stops(root, db, make, clock):
    ticket = make.ticket()
    page = root.get(f"/ticket/{ticket.id}")
    start = next(each for each in page.forms.values() if each.action.endswith("/timers/start"))
    assert start.submit("ticket", value=str(ticket.id)).location.endswith(f"/ticket/{ticket.id}")
    clock.advance(timedelta(minutes=25))
    assert 'data-clock="1500"' in root.get("/people")
    page = root.get("/billing/timers")
    form = page.forms[
        next(k for k in page.forms if not isinstance(k, str) and "/billing/timers/1" in page.forms[k].action)
    ]
    filled = form.submit("deed", value="stop").follow().forms["entry"]
    assert (filled["ticket"].value, filled["minutes"].value) == (str(ticket.id), "0:25")
    filled.submit()
    entry = db.scalars(select(WorkEntry)).one()
    assert (entry.worked_seconds, entry.source) == (1500, "timer")
    assert db.scalars(select(Timer)).all() == []


@pytest.mark.databases("sqlite")  # pages
def test_a_reply_stops_the_timer_books_its_minutes_and_keeps_what_was_typed(root, db, work, make, clock):
    kind = WorkType(name="Remote")
    db.add(kind)
    ticket = make.ticket()
    start_timer(work, ticket)
    clock.advance(timedelta(minutes=40))
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["billing.work_type"], form["billing.charge"] = str(kind.id), "no_charge"
    form["billing.note"] = "Looked into it."
    form["text"] = ""
    again = form.submit(status=409)
    form = again.forms["reply"]
    assert (form["billing.note"].value, form["billing.work_type"].value) == ("Looked into it.", str(kind.id))
    form["text"] = "Solved."
    form.submit()
    entry = db.scalars(select(WorkEntry)).one()
    assert (entry.worked_seconds, entry.source, entry.work_type_id) == (2400, "timer", kind.id)
    assert (entry.charge_mode, entry.note_customer) == ("no_charge", "Looked into it.")
    db.refresh(ticket)
    assert ticket.time_worked == 40
    assert db.scalars(select(Timer)).all() == []


@pytest.mark.databases("sqlite")  # pages
def test_minutes_that_were_typed_win_over_the_timer(root, db, work, make, clock):
    ticket = make.ticket()
    start_timer(work, ticket)
    clock.advance(timedelta(minutes=40))
    form = root.get(f"/ticket/{ticket.id}").forms["comment"]
    form["text"], form["minutes"] = "Done.", "25m"
    form.submit()
    entry = db.scalars(select(WorkEntry)).one()
    assert (entry.worked_seconds, entry.evidence) == (1500, {"timer_seconds": 2400})


@pytest.mark.databases("sqlite")  # pages
def test_work_for_ourselves_is_said_to_be_hidden(root, db, make):
    house = make.organization("Ours")
    ticket = make.ticket()
    change_ticket(make.system, ticket, SetOrganization(house))
    assert "hidden, it is our own" not in root.get(f"/ticket/{ticket.id}")
    db.add(Customer(organization_id=house.id, currency="EUR", is_own=True))
    db.flush()
    assert "hidden, it is our own" in root.get(f"/ticket/{ticket.id}")


@pytest.mark.databases("sqlite")  # pages
def test_a_note_for_the_customer_needs_time(root, make):
    ticket = make.ticket()
    form = root.get(f"/ticket/{ticket.id}").forms["comment"]
    form["text"], form["billing.note"] = "Done.", "Nice"
    assert "say how long it took" in form.submit(status=422)


@pytest.mark.databases("sqlite")  # pages
def test_timers_take_one_query_on_a_ticket(root, work, make, query_count):
    ticket = make.ticket()
    root.get(f"/ticket/{ticket.id}")
    with query_count() as counted:
        root.get(f"/ticket/{ticket.id}")
    start_timer(work, ticket)
    root.get(f"/ticket/{ticket.id}")
    with query_count() as running:
        root.get(f"/ticket/{ticket.id}")
    assert running.total == counted.total
    assert sum("billing_timers" in statement for statement in running.statements) == 1
