"""The worker fetches files of events daily; what goes wrong is told, and what was known stays."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from rtpy.calendar_feeds.chores import fetch_due, look_at_holidays
from rtpy.changes.calendars.saving import newest
from rtpy.config.config import Config
from rtpy.health import troubles
from rtpy.models import CalendarFeed, CalendarVersion
from rtpy.working_hours import calendar_on
from tests.webhooks.receiver import answer, huge, receiving, silent

HEAD = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Days off\r\nBEGIN:VEVENT\r\n"
OUTING = f"{HEAD}DTSTART;VALUE=DATE:20260305\r\nSUMMARY:Outing\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()
THURSDAY = date(2026, 3, 5)


@pytest.fixture
def config(tmp_path, database_engine):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(
        tmp_path, database__url=url, calendar_files__allow=("127.0.0.1",), calendar_files__seconds=1
    )


@pytest.fixture
def server():
    with receiving(answer(200, OUTING)) as server:
        yield server


@pytest.fixture
def calendar(make, server):
    return make.calendar(feed_address=server.url)


def state(db, calendar):
    db.expire_all()
    return db.get(CalendarFeed, calendar.id)


def is_closed(app, db, calendar):
    return calendar_on(app, db, calendar.id, THURSDAY).spans_on(THURSDAY) == ()


def test_a_file_is_fetched_once_a_day_and_makes_a_version_only_when_it_says_something_new(
    app, db, make, calendar, server, clock
):
    assert not is_closed(app, db, calendar)
    assert [fetch_due(app), fetch_due(app)] == [1, 0]
    assert is_closed(app, db, calendar)
    assert newest(make.system, calendar).feed_name == "Days off"
    clock.advance(timedelta(hours=25))
    assert [fetch_due(app), fetch_due(app)] == [1, 0]
    assert len(db.scalars(select(CalendarVersion)).all()) == 2
    assert (state(db, calendar).problem, len(server.got)) == ("", 2)
    calendar.disabled = True
    db.flush()
    clock.advance(timedelta(hours=25))
    assert fetch_due(app) == 0


@pytest.mark.databases("sqlite")  # the database does not matter
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(404, b"no"), "answered 404"),
        (answer(200, b"<html>"), "no iCalendar file"),
        (answer(302, b"", "Location: http://10.0.0.1/off.ics"), "calendar_files.allow"),
        (answer(302, b"", "Location: /hook?key=1"), "without end"),
        (silent, "no answer within 1 seconds"),
        (huge, "too long"),
        (b"SSH-2.0-OpenSSH_9\r\n", "no answer in HTTP"),
    ],
)
def test_what_goes_wrong_is_told_and_tried_again_in_an_hour(
    app, db, make, calendar, server, clock, reply, said
):
    fetch_due(app)
    server.usual = reply
    clock.advance(timedelta(days=1, hours=1))
    assert [fetch_due(app), fetch_due(app)] == [1, 0]
    assert said in state(db, calendar).problem
    assert "key=1" not in state(db, calendar).problem
    assert is_closed(app, db, calendar)
    assert troubles(make.system, anew=True) == []
    clock.advance(timedelta(minutes=61))
    assert [fetch_due(app), fetch_due(app)] == [1, 0]
    clock.advance(timedelta(days=3))
    said = "calendars: The file of a calendar could not be fetched for 3 days: see Calendars."
    assert troubles(make.system, anew=True) == [said]
    server.usual = answer(200, OUTING)
    fetch_due(app)
    assert troubles(make.system, anew=True) == []


def test_one_answer_may_lead_to_another(app, db, calendar, server):
    server.replies.append(answer(301, b"", "Location: /elsewhere.ics"))
    assert fetch_due(app) == 1
    assert [got.path for got in server.got] == ["/hook?key=1", "/elsewhere.ics"]
    assert is_closed(app, db, calendar)


@pytest.mark.databases("sqlite")  # the renewing itself is tested on both
def test_all_calendars_get_the_public_holidays_that_became_known(app, db, make):
    calendar = make.calendar("Vienna", country="AT")
    make.calendar("Plain")
    assert look_at_holidays(app) == 0
    version = newest(make.system, calendar)
    version.holidays = {}
    db.flush()
    assert look_at_holidays(app) == 1
    assert newest(make.system, calendar).holidays["2026-12-26"]
