"""Time is cut where the clock on the wall says so, and no second is lost when clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.calendars.calendar import Calendar, Span, joined
from rtpy.calendars.splitting import day_pieces, split

NINE_TO_FIVE = (Span(9 * 60, 17 * 60),)
OFFICE = (NINE_TO_FIVE,) * 5 + ((), ())
NIGHTS = ((Span(0, 150), Span(1380, 1440)),) * 7
ZONES = [
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
]


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def office(zone="Europe/Berlin", exceptions=None):
    return Calendar(1, "Office", zone, OFFICE, exceptions or {})


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-11-23T10:00", "2026-11-23T11:00", [(60, True)]),
        ("2026-11-23T08:30", "2026-11-23T17:15", [(30, False), (480, True), (15, False)]),
        ("2026-11-23T16:00", "2026-11-23T17:00", [(60, True)]),
        ("2026-11-23T17:00", "2026-11-23T18:00", [(60, False)]),
        ("2026-11-27T16:30", "2026-11-28T00:30", [(30, True), (420, False), (30, False)]),
        ("2026-12-24T10:00", "2026-12-24T13:00", [(120, True), (60, False)]),
        ("2026-12-25T10:00", "2026-12-25T11:00", [(60, False)]),
    ],
)
def test_an_interval_is_cut_at_the_ends_of_hours_and_at_midnight(start, end, found):
    calendar = office(exceptions={date(2026, 12, 24): (Span(540, 720),), date(2026, 12, 25): ()})
    pieces = split(berlin(start), berlin(end), calendar)
    assert [(piece.seconds // 60, piece.in_hours) for piece in pieces] == found


def test_the_long_night_has_five_hours():
    pieces = split(berlin("2026-10-24T23:30"), berlin("2026-10-25T03:30"), office())
    assert [(piece.seconds, piece.on.day) for piece in pieces] == [(1800, 24), (4 * 3600 + 1800, 25)]


def test_the_short_night_has_three_hours():
    pieces = split(berlin("2026-03-28T23:30"), berlin("2026-03-29T03:30"), office())
    assert sum(piece.seconds for piece in pieces) == 3 * 3600


def test_hours_that_end_in_the_doubled_hour_hold_on_both_passes():
    calendar = Calendar(1, "Nights", "Europe/Berlin", NIGHTS)
    pieces = split(berlin("2026-10-25T01:00"), berlin("2026-10-25T04:00"), calendar)
    assert [(piece.seconds // 60, piece.in_hours) for piece in pieces] == [
        (90, True),  # to 2:30 in summer time
        (30, False),
        (30, True),  # 2:00 to 2:30 once more
        (90, False),
    ]


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    st.integers(1, 40 * 60),
    st.sampled_from(ZONES),
    st.booleans(),
)
def test_a_minute_is_in_hours_when_the_wall_clock_says_so(start, minutes, zone, nights):
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)
    calendar = Calendar(1, "", zone, NIGHTS if nights else OFFICE)
    pieces = split(start, start + timedelta(minutes=minutes), calendar)
    assert sum(piece.seconds for piece in pieces) == minutes * 60
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    for piece in pieces:
        for instant in (
            piece.start,
            piece.start + (piece.end - piece.start) / 2,
            piece.end - timedelta(seconds=1),
        ):
            wall = instant.astimezone(ZoneInfo(zone))
            minute = wall.hour * 60 + wall.minute
            assert piece.on == wall.date()
            assert piece.in_hours == any(
                span.start <= minute < span.end for span in calendar.spans_on(wall.date())
            )


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)), st.integers(1, 5000), st.sampled_from(ZONES)
)
def test_days_follow_each_other(start, minutes, zone):
    start = start.replace(microsecond=0, tzinfo=UTC)
    days = day_pieces(start, start + timedelta(minutes=minutes), zone)
    assert days[0][0] == start
    assert days[-1][1] == start + timedelta(minutes=minutes)
    assert [left[1] for left in days[:-1]] == [right[0] for right in days[1:]]
    assert [on for *_, on in days] == sorted({on for *_, on in days})


def test_spans_that_touch_or_overlap_are_one():
    spans = (Span(600, 700), Span(0, 60), Span(700, 720), Span(650, 660), Span(90, 90))
    assert joined(spans) == (Span(0, 60), Span(600, 720))
