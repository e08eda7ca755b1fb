"""When a target is due: holidays, gaps between hours, changed clocks, leap days, other hours in between."""

from datetime import datetime

import pytest

from plugins.sla.tests.hard_cases.told import (
    DAY,
    GOLD,
    HOUR,
    MINUTE,
    OFFICE,
    ROUND_THE_CLOCK,
    Told,
    band,
    calendar,
    hours,
    plan,
    t,
    term,
)
from rtpy.calendars.calendar import Span
from rtpy_sla.clocks.plan import Hours
from rtpy_sla.clocks.words import Retarget, State, Target, Unit, Verdict

RESOLUTION = Target.RESOLUTION
BERLIN = hours(calendar(zone="Europe/Berlin"))
NIGHTS = hours(calendar("0-6", "Europe/Berlin", week=7))
ALL_DAY_BERLIN = hours(calendar("0-24", "Europe/Berlin", week=7))
LUNCH = hours(calendar("9-12,13-17"))
HOLIDAY = hours(calendar(d2026_06_02=()))
HALF_DAY = hours(calendar(d2026_06_02=(Span(540, 720),)))
SATURDAY = hours(calendar(d2026_06_06=(Span(600, 840),)))


def due(held: Hours, start: str, amount: int, unit: Unit = Unit.BUSINESS) -> datetime | None:
    given = plan(band(term(RESOLUTION, amount, unit), held=held))
    return Told(start, given).seen(start).due(RESOLUTION)


@pytest.mark.parametrize(
    ("held", "start", "amount", "expected"),
    [
        pytest.param(OFFICE, "1 10:00", 2 * HOUR, "1 12:00", id="within a day"),
        pytest.param(OFFICE, "1 16:00", 2 * HOUR, "2 10:00", id="over night"),
        pytest.param(OFFICE, "5 16:00", 2 * HOUR, "8 10:00", id="over a weekend"),
        pytest.param(OFFICE, "6 12:00", 2 * HOUR, "8 11:00", id="begun outside of hours"),
        pytest.param(OFFICE, "1 16:00", HOUR, "1 17:00", id="on the stroke of closing"),
        pytest.param(LUNCH, "1 11:00", HOUR, "1 12:00", id="on the stroke of a gap"),
        pytest.param(LUNCH, "1 11:30", HOUR, "1 13:30", id="across a gap"),
        pytest.param(LUNCH, "1 12:15", HOUR, "1 14:00", id="begun in a gap"),
        pytest.param(HOLIDAY, "1 16:00", 2 * HOUR, "3 10:00", id="a holiday on the deadline"),
        pytest.param(HALF_DAY, "1 16:00", 5 * HOUR, "3 10:00", id="half a day"),
        pytest.param(SATURDAY, "5 16:00", 2 * HOUR, "6 11:00", id="open on a Saturday for once"),
        pytest.param(
            BERLIN, "2026-03-27 15:00", 2 * HOUR, "2026-03-30 08:00", id="clocks change on the weekend"
        ),
        pytest.param(BERLIN, "2026-10-23 14:00", 2 * HOUR, "2026-10-26 09:00", id="and back in autumn"),
        pytest.param(NIGHTS, "2026-03-28 23:00", 4 * HOUR, "2026-03-29 03:00", id="an hour that is skipped"),
        pytest.param(NIGHTS, "2026-10-24 22:00", 4 * HOUR, "2026-10-25 02:00", id="an hour that comes twice"),
        pytest.param(ALL_DAY_BERLIN, "2026-03-28 12:00", DAY, "2026-03-29 12:00", id="24x7 does not care"),
        pytest.param(ROUND_THE_CLOCK, "2028-02-28 12:00", DAY, "2028-02-29 12:00", id="onto a leap day"),
        pytest.param(OFFICE, "2028-02-28 16:00", 9 * HOUR, "2028-02-29 17:00", id="a leap day has hours"),
        pytest.param(OFFICE, "2026-12-31 16:00", 2 * HOUR, "2027-01-01 10:00", id="across a year's end"),
    ],
)
def test_a_target_is_due_when_its_hours_have_passed(held, start, amount, expected):
    assert due(held, start, amount) == t(expected)


@pytest.mark.parametrize(
    ("held", "start", "days", "expected"),
    [
        pytest.param(OFFICE, "1 10:00", 1, "2 17:00", id="the close of the next day"),
        pytest.param(OFFICE, "1 10:00", 0, "1 17:00", id="the same day"),
        pytest.param(OFFICE, "1 18:00", 1, "2 17:00", id="begun in the evening"),
        pytest.param(OFFICE, "5 10:00", 2, "9 17:00", id="over a weekend"),
        pytest.param(HOLIDAY, "1 10:00", 1, "3 17:00", id="a holiday is no business day"),
        pytest.param(HALF_DAY, "1 10:00", 1, "2 12:00", id="half a day closes at noon"),
    ],
)
def test_days_end_with_the_close_of_business(held, start, days, expected):
    assert due(held, start, days, Unit.DAYS) == t(expected)


def test_wall_time_does_not_know_of_weekends():
    assert due(OFFICE, "5 16:00", DAY, Unit.WALL) == t("6 16:00")


def test_a_version_of_the_calendar_that_begins_in_the_middle_counts_from_its_date():
    held = hours(calendar("9-17"), calendar("9-13"), begins=("2026-06-02",))
    clock = Told("1 13:00", plan(band(resolution=9 * HOUR, held=held))).seen("1 13:00").clock(RESOLUTION)

    assert clock.due == t("3 10:00")  # 4 h on the first, 4 h on the second, 1 h on the third
    assert clock.calendar_versions == (1, 2)


def test_each_stretch_says_which_version_it_was_counted_in():
    held = hours(calendar("9-17"), calendar("9-13"), begins=("2026-06-02",))
    told = Told("1 13:00", plan(band(resolution=9 * HOUR, held=held)))
    told.status("1 15:00", "stalled").status("3 09:00", "open").status("3 10:00", "resolved")

    steps = told.seen().clock(RESOLUTION).steps

    assert [(step.what, step.calendar_versions) for step in steps] == [
        ("started", ()),
        ("paused", (1,)),
        ("resumed", (1, 2)),
        ("ended", (2,)),
    ]


def test_a_target_of_zero_is_due_at_once():
    held = plan(band(first_response=0, resolution=0))
    told = Told("1 10:00", held).staff("1 10:00").status("1 10:01", "resolved")

    seen = told.seen()

    assert seen.due(Target.FIRST_RESPONSE) == t("1 10:00")
    assert seen.verdict(Target.FIRST_RESPONSE) is Verdict.MET
    assert seen.verdict(RESOLUTION) is Verdict.MISSED


def test_a_target_is_kept_at_the_very_second_at_which_it_is_due():
    told = Told("1 10:00").staff("1 12:00")

    assert told.seen().verdict(Target.FIRST_RESPONSE) is Verdict.MET


def test_a_clock_that_ran_past_its_due_moment_was_missed_then():
    seen = Told("1 10:00").seen("1 12:01")

    assert seen.clock(Target.FIRST_RESPONSE).missed == t("1 12:00")
    assert seen.clock(Target.FIRST_RESPONSE).state is State.RUNNING


def test_a_high_priority_has_hours_of_its_own():
    held = plan(
        band(resolution=4 * HOUR, held=ROUND_THE_CLOCK, priority=80, calendar_id=9), band(resolution=8 * HOUR)
    )

    urgent, usual = Told("5 16:00", held, priority=90), Told("5 16:00", held, priority=79)

    assert urgent.seen("5 16:00").due(RESOLUTION) == t("5 20:00")
    assert usual.seen("5 16:00").due(RESOLUTION) == t("8 16:00")
    assert urgent.seen("5 16:00").clock(RESOLUTION).calendar_versions == (9,)


def test_a_queue_in_another_zone_keeps_the_plan():
    told = Told("1 10:00", GOLD).queue("1 11:00", 2)

    assert told.seen("1 12:00").due(RESOLUTION) == t("3 10:00")
    assert told.seen("1 12:00").clock(RESOLUTION).plan_version_id == GOLD.version_id


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Retarget.KEEP, "2 10:00"),
        (Retarget.FROM_NOW, "2 17:00"),  # New York is open from 13:00 to 21:00 UTC
        (Retarget.FROM_CREATION, "1 21:00"),
    ],
)
def test_a_policy_of_another_zone_counts_in_its_own_hours(how, expected):
    there = plan(band(resolution=8 * HOUR, held=hours(calendar(zone="America/New_York"))), version=2)
    told = Told("1 10:00", plan(band(resolution=8 * HOUR))).pin("1 17:00", there, how)

    assert told.seen("1 17:00").due(RESOLUTION) == t(expected)


def test_fractions_of_a_second_do_not_make_a_miss():
    held = plan(band(first_response=2 * MINUTE))
    told = Told("1 10:00", held).staff("1 10:02:00.700000")

    assert told.seen().verdict(Target.FIRST_RESPONSE) is Verdict.MET
