"""What a calendar says is kept in versions: what was counted by one stays, and a later one takes over from a date."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rtpy.calendars.calendar import Span
from rtpy.calendars.layers import Closing
from rtpy.changes.calendars.renewing import renew_feed, renew_holidays
from rtpy.changes.calendars.saving import delete_calendar, newest, save_calendar, typed_calendar
from rtpy.changes.calendars.terms import File
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import CalendarFeed, CalendarVersion, ConfigChange
from rtpy.working_hours import calendar_on, hours_of, offered
from tests.domain.calendars.counting import Counting

FEED = "https://calendar.example/off.ics"
PARTY = {date(2026, 3, 5): Closing("Party", (Span(720, 1440),))}


@pytest.fixture
def system(make):
    return make.system


@pytest.fixture
def used(app):
    counting = Counting()
    app.plugins.register(counting)
    yield counting
    app.plugins.unregister(counting)


def save(system, calendar, **given):
    return save_calendar(system, calendar, {**typed_calendar(system, calendar), **given})


def monday(app, db, calendar, day=date(2026, 3, 9)):
    return [
        (span.start // 60, span.end // 60) for span in calendar_on(app, db, calendar.id, day).spans_on(day)
    ]


def timeline(db, calendar):
    rows = db.scalars(select(CalendarVersion).order_by(CalendarVersion.number))
    return [(row.number, row.valid_from and str(row.valid_from), row.reason) for row in rows]


def test_a_new_calendar_says_from_ever_what_was_typed(app, db, system):
    calendar = save(
        system, None, name=" Office  hours ", zone="Europe/Berlin", yearly="12-24 8-12", disabled=""
    )
    assert calendar.name == "Office hours"
    assert monday(app, db, calendar, date(1999, 1, 4)) == [(8, 17)]
    hours = hours_of(app, db, calendar.id)
    day = datetime(2026, 12, 24, 6, tzinfo=UTC), datetime(2026, 12, 24, 20, tzinfo=UTC)
    assert hours.between(*day) == 4 * 3600
    assert hours_of(app, db, calendar.id) is hours
    assert offered(app, db) == ((calendar.id, "Office hours"),)
    with pytest.raises(NotFound):
        hours_of(app, db, 999)


def test_a_change_holds_from_tomorrow_on_where_the_calendar_is_used(app, db, system, used):
    calendar = save(system, None, name="Office", zone="Europe/Berlin")
    save(system, calendar, day_0="9-15")
    save(system, calendar, day_0="10-15", valid_from="2026-04-01")
    assert timeline(db, calendar) == [
        (1, None, "saved"),
        (2, "2026-03-03", "saved"),
        (3, "2026-04-01", "saved"),
    ]
    assert used.heard == [date(2026, 3, 3), date(2026, 4, 1)]
    assert [
        monday(app, db, calendar, day) for day in (date(2026, 3, 2), date(2026, 3, 9), date(2026, 4, 6))
    ] == [[(8, 17)], [(9, 15)], [(10, 15)]]
    assert len(hours_of(app, db, calendar.id).versions) == 3


def test_a_version_replaces_what_would_begin_later(app, db, system, used):
    calendar = save(system, None, name="Office")
    save(system, calendar, day_0="10-15", valid_from="2026-04-01")
    save(system, calendar, day_0="9-15", valid_from="2026-03-10")
    assert monday(app, db, calendar, date(2026, 4, 6)) == [(9, 15)]
    save(system, calendar, day_0="9-16", from_beginning="1")
    assert monday(app, db, calendar, date(2026, 3, 2)) == [(9, 16)]
    assert len(hours_of(app, db, calendar.id).versions) == 1
    assert [reason for *_, reason in timeline(db, calendar)] == ["saved", "saved", "saved", "corrected"]


def test_what_nothing_uses_is_changed_from_ever(app, db, system):
    calendar = save(system, None, name="Office")
    save(system, calendar, day_0="9-15", valid_from="2026-04-01")
    assert monday(app, db, calendar, date(2026, 3, 2)) == [(9, 15)]


def test_only_what_it_says_makes_a_version(db, system, used):
    calendar = save(system, None, name="Office")
    save(system, calendar, name="Bureau", description="Ours", disabled="1")
    assert [number for number, *_ in timeline(db, calendar)] == [1]
    assert used.heard == [None]  # of the name
    save(system, calendar)
    assert used.heard == [None]
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "calendar").order_by(ConfigChange.id)
    ).all()
    assert [(row.action, row.after.get("name")) for row in noted] == [
        ("create", "Office"),
        ("change", "Bureau"),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "night"}, "name"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"day_3": "morning"}, "day_3"),
        ({f"day_{at}": "" for at in range(7)}, "day_0"),
        ({"exceptions": "Christmas"}, "exceptions"),
        ({"yearly": "2026-12-24"}, "yearly"),
        ({"country": "XX"}, "country"),
        ({"country": "DE", "region": "Transylvania"}, "region"),
        ({"country": "VA", "region": "1"}, "region"),
        ({"region": "BE"}, "region"),
        ({"feed_address": "ftp://x.example"}, "feed_address"),
        ({"feed_address": "http://calendar.example/off.ics"}, "feed_address"),
        ({"feed_address": "https://169.254.169.254/"}, "feed_address"),
        ({"day_0": "9-10", "valid_from": "2026-03-01"}, "valid_from"),
        ({"day_0": "9-10", "valid_from": "soon"}, "valid_from"),
        ({"day_0": "9-10", "valid_from": "2099-01-01"}, "valid_from"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(db, system, used, given, field):
    save(system, None, name="Night")
    calendar = save(system, None, name="Office")
    with pytest.raises(Invalid) as invalid:
        save(system, calendar, **given)
    assert [(problem.field, problem.message[-1]) for problem in invalid.value.problems] == [(field, ".")]
    assert used.heard == []


def test_who_saves_an_old_page_or_may_not_is_refused(work_of, make, db, system):
    calendar = save(system, None, name="Office")
    with pytest.raises(Refused, match="look again"):
        save_calendar(system, calendar, {**typed_calendar(system, calendar), "version": "0"})
    jo = make.staff("jo")
    with pytest.raises(Refused, match="AdminCalendars"):
        save_calendar(work_of("jo"), None, {"name": "Mine", "day_0": "8-12"})
    make.grant(jo, "AdminCalendars")
    assert save_calendar(work_of("jo"), None, {"name": "Mine", "day_0": "8-12"}).id


def test_only_a_calendar_that_nothing_uses_is_deleted(app, db, system, used):
    calendar = save(system, None, name="Office", feed_address=FEED)
    with pytest.raises(Refused, match="disable it"):
        delete_calendar(system, calendar)
    app.plugins.unregister(used)
    delete_calendar(system, calendar)
    assert (offered(app, db), db.scalars(select(CalendarVersion)).all()) == ((), [])
    app.plugins.register(used)


def test_public_holidays_are_written_out_with_the_version(app, db, system):
    calendar = save(system, None, name="Berlin", country="de", region="berlin")
    version = newest(system, calendar)
    assert (version.country, version.region, version.holidays_until) == ("DE", "BE", 2031)
    assert version.holidays["2026-03-08"] == "Women's Day"
    assert "2021-01-01" in version.holidays
    day = date(2026, 12, 25)
    there = calendar_on(app, db, calendar.id, day)
    assert (there.spans_on(day), there.name_of(day)) == ((), "Christmas Day")


def test_holidays_that_became_known_make_a_version_from_today(app, db, system, used, clock):
    calendar = save(system, None, name="Berlin", zone="Europe/Berlin", country="DE", region="BE")
    assert not renew_holidays(system, calendar)
    version = newest(system, calendar)
    version.holidays = {day: name for day, name in version.holidays.items() if day[:4] != "2026"}
    db.flush()
    save(
        system, calendar, day_0="9-12", valid_from="2026-07-01"
    )  # says them anew: only what holds now does not
    assert renew_holidays(system, calendar)
    assert timeline(db, calendar)[2:] == [(3, "2026-03-02", "holidays"), (4, "2026-07-01", "holidays")]
    assert used.heard[-1] == date(2026, 3, 2)
    assert not renew_holidays(system, calendar)
    clock.set(datetime(2030, 1, 1, 12, tzinfo=UTC))
    later = app.work_in(db)
    assert renew_holidays(later, calendar)
    assert newest(later, calendar).holidays_until == 2035


def test_the_days_of_a_file_hold_from_today_and_for_what_is_planned(app, db, system, used):
    calendar = save(system, None, name="Office", feed_address="webcal://calendar.example/off.ics")
    save(system, calendar, day_0="9-12", valid_from="2026-07-01")
    assert newest(system, calendar).feed_address == FEED
    assert db.get(CalendarFeed, calendar.id) is not None
    assert renew_feed(system, calendar, FEED, "Off", PARTY)
    assert not renew_feed(system, calendar, FEED, "Off", {date(2026, 3, 1): Closing("Over"), **PARTY})
    assert not renew_feed(system, calendar, "https://other.example/", "Off", {})
    assert timeline(db, calendar)[2:] == [(3, "2026-03-02", "feed"), (4, "2026-07-01", "feed")]
    assert monday(app, db, calendar, date(2026, 3, 5)) == [(8, 12)]
    save(system, calendar, day_1="9-12", valid_from="2026-03-02")
    assert monday(app, db, calendar, date(2026, 3, 5)) == [(8, 12)]
    save(system, calendar, feed_address="", valid_from="2026-03-02")
    assert monday(app, db, calendar, date(2026, 3, 5)) == [(8, 17)]
    assert db.get(CalendarFeed, calendar.id) is None


def test_a_file_that_is_uploaded_goes_with_the_version(app, db, system):
    given = {**typed_calendar(system, None), "name": "Office"}
    calendar = save_calendar(system, None, given, File("off.ics", PARTY))
    save(system, calendar, day_0="9-12")
    assert monday(app, db, calendar, date(2026, 3, 5)) == [(8, 12)]
    assert newest(system, calendar).feed_name == "off.ics"
    save(system, calendar, feed_drop="1")
    assert monday(app, db, calendar, date(2026, 3, 5)) == [(8, 17)]
