"""Dates in queries: what people write, seen from a Wednesday in March in Berlin."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtpy.search.language.dates import UNSET, Moment, UnreadableDate, read_date

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 25, 14, 30, tzinfo=UTC)
"""A Wednesday, half past three in Berlin; the clocks go forward on Sunday, 29 March."""


def read(text, zone=BERLIN, now=NOW, **options):
    return read_date(text, now=now, zone=zone, **options)


def shown(moment, zone=BERLIN):
    """A day as its date, a longer period as `first..after`, a time as date and time."""
    start = moment.start.astimezone(zone)
    if moment.end is None:
        return f"{start:%Y-%m-%d %H:%M}" + (f"{start:%S}" if start.second else "")
    end = moment.end.astimezone(zone)
    assert (start.hour, end.hour) == (0, 0)
    is_day = end.date() - start.date() == timedelta(days=1)
    return f"{start:%Y-%m-%d}" if is_day else f"{start:%Y-%m-%d}..{end:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # days in figures
        ("2026-03-05", "2026-03-05"),
        ("2026-3-5", "2026-03-05"),
        ("2026/03/05", "2026-03-05"),
        ("2026.03.05", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("2024-02-29", "2024-02-29"),
        ("05/03/2026", "2026-03-05"),
        ("5/3/2026", "2026-03-05"),
        ("5.3.2026", "2026-03-05"),
        ("5-3-2026", "2026-03-05"),
        ("5/3/26", "2026-03-05"),
        ("5.3.99", "1999-03-05"),
        ("5/3", "2026-03-05"),
        ("12/31/2026", "2026-12-31"),
        ("2026-03-05 UTC", "2026-03-05 01:00..2026-03-06 01:00"),
        # months, quarters, weeks and years in figures
        ("2026-02", "2026-02-01..2026-03-01"),
        ("2026", "2026-01-01..2027-01-01"),
        ("2026-W13", "2026-03-23..2026-03-30"),
        ("2026-W13-3", "2026-03-25"),
        ("2026W01", "2025-12-29..2026-01-05"),
        ("2020-W53", "2020-12-28..2021-01-04"),
        ("Q1 2026", "2026-01-01..2026-04-01"),
        ("2025-Q4", "2025-10-01..2026-01-01"),
        ("q2", "2026-04-01..2026-07-01"),
        # months by name
        ("5 March 2026", "2026-03-05"),
        ("5 Mar 2026", "2026-03-05"),
        ("5. März 2026", None),
        ("5-Mar-2026", "2026-03-05"),
        ("5th of March 2026", "2026-03-05"),
        ("the 5th of March", "2026-03-05"),
        ("March 5, 2026", "2026-03-05"),
        ("Mar 5", "2026-03-05"),
        ("March 5th", "2026-03-05"),
        ("Sept. 1 2025", "2025-09-01"),
        ("1 May", "2026-05-01"),
        ("Thu 5 Mar 2026", "2026-03-05"),
        ("Thursday, March 5, 2026", "2026-03-05"),
        ("March 2026", "2026-03-01..2026-04-01"),
        ("December 2025", "2025-12-01..2026-01-01"),
        ("February", "2026-02-01..2026-03-01"),
        ("last March", "2025-03-01..2025-04-01"),
        ("last February", "2026-02-01..2026-03-01"),
        ("next March", "2027-03-01..2027-04-01"),
        ("this May", "2026-05-01..2026-06-01"),
        # with a time
        ("2026-03-05 14:00", "2026-03-05 14:00"),
        ("2026-03-05 14:00:10", "2026-03-05 14:0010"),
        ("2026-03-05T14:00", "2026-03-05 14:00"),
        ("2026-03-05T14:00:00Z", "2026-03-05 15:00"),
        ("2026-03-05T14:00:00.123456Z", "2026-03-05 15:00"),
        ("2026-03-05 14:00 UTC", "2026-03-05 15:00"),
        ("2026-03-05T14:00+05:30", "2026-03-05 09:30"),
        ("2026-03-05T14:00-0800", "2026-03-05 23:00"),
        ("2026-03-05T23:30-08", "2026-03-06 08:30"),
        ("20260305T14:00", "2026-03-05 14:00"),
        ("5/3/2026 2:15 pm", "2026-03-05 14:15"),
        ("5 March 2026 at 9am", "2026-03-05 09:00"),
        ("Thu Mar 05 14:00:00 2026", "2026-03-05 14:00"),
        ("Thu Mar  5 14:00:00 UTC 2026", "2026-03-05 15:00"),
        ("Thu, 05 Mar 2026 14:00:00 +0000", "2026-03-05 15:00"),
        ("Thu, 05 Mar 2026 14:00:00 -0500 (EST)", "2026-03-05 20:00"),
        ("14:00", "2026-03-25 14:00"),
        ("at 14:00", "2026-03-25 14:00"),
        ("12am", "2026-03-25 00:00"),
        ("12 pm", "2026-03-25 12:00"),
        ("noon", "2026-03-25 12:00"),
        ("midnight", "2026-03-25 00:00"),
        ("today 9:30", "2026-03-25 09:30"),
        ("tomorrow at noon", "2026-03-26 12:00"),
        ("9am tomorrow", "2026-03-26 09:00"),
        ("yesterday 17:45", "2026-03-24 17:45"),
        ("at 8:00 on friday", "2026-03-27 08:00"),
        ("last friday 16:00", "2026-03-20 16:00"),
        ("3 days ago at 9:00", "2026-03-22 09:00"),
        ("last week 9:00", "2026-03-18 09:00"),
        # days in words
        ("now", "2026-03-25 15:30"),
        ("today", "2026-03-25"),
        ("Today", "2026-03-25"),
        ("  toDAY ", "2026-03-25"),
        ("yesterday", "2026-03-24"),
        ("tomorrow", "2026-03-26"),
        ("day before yesterday", "2026-03-23"),
        ("the day after tomorrow", "2026-03-27"),
        ("monday", "2026-03-23"),
        ("Wed", "2026-03-25"),
        ("sunday", "2026-03-29"),
        ("this friday", "2026-03-27"),
        ("last friday", "2026-03-20"),
        ("last wednesday", "2026-03-18"),
        ("last monday", "2026-03-23"),
        ("next wednesday", "2026-04-01"),
        ("next friday", "2026-03-27"),
        ("next mon", "2026-03-30"),
        ("on friday", "2026-03-27"),
        ("friday next week", "2026-04-03"),
        ("monday of last week", "2026-03-16"),
        # lengths
        ("5 minutes ago", "2026-03-25 15:25"),
        ("an hour ago", "2026-03-25 14:30"),
        ("30 seconds ago", "2026-03-25 15:2930"),
        ("24 hours ago", "2026-03-24 15:30"),
        ("1 day ago", "2026-03-24 15:30"),
        ("two days ago", "2026-03-23 15:30"),
        ("2 days ago", "2026-03-23 15:30"),
        ("a week ago", "2026-03-18 15:30"),
        ("2 weeks ago", "2026-03-11 15:30"),
        ("1 month ago", "2026-02-25 15:30"),
        ("2 quarters ago", "2025-09-25 15:30"),
        ("1 year ago", "2025-03-25 15:30"),
        ("1 week 2 days ago", "2026-03-16 15:30"),
        ("2 days and 3 hours ago", "2026-03-23 12:30"),
        ("1h30m ago", "2026-03-25 14:00"),
        ("in 3 days", "2026-03-28 15:30"),
        ("3 days from now", "2026-03-28 15:30"),
        ("3 days", "2026-03-28 15:30"),
        ("+3 days", "2026-03-28 15:30"),
        ("+3d", "2026-03-28 15:30"),
        ("-2 weeks", "2026-03-11 15:30"),
        ("- 2w", "2026-03-11 15:30"),
        ("+2h", "2026-03-25 17:30"),
        ("-90m", "2026-03-25 14:00"),
        ("+1mo", "2026-04-25 15:30"),
        ("last 7 days", "2026-03-18 15:30"),
        ("past 24 hours", "2026-03-24 15:30"),
        ("next 2 weeks", "2026-04-08 15:30"),
        ("0 days ago", "2026-03-25 15:30"),
        # from another day
        ("2 days before yesterday", "2026-03-22"),
        ("a week after 2026-03-05", "2026-03-12"),
        ("2 weeks from tomorrow", "2026-04-09"),
        ("today - 3 days", "2026-03-22"),
        ("today+1w", "2026-04-01"),
        ("now - 2 hours", "2026-03-25 13:30"),
        ("2 hours before tomorrow", "2026-03-25 22:00"),
        ("2026-03-05 + 1 month", "2026-04-05"),
        ("tomorrow 12:00", "2026-03-26 12:00"),
        # periods
        ("last week", "2026-03-18 15:30"),
        ("next week", "2026-04-01 15:30"),
        ("last month", "2026-02-25 15:30"),
        ("next month", "2026-04-25 15:30"),
        ("previous quarter", "2025-12-25 15:30"),
        ("last year", "2025-03-25 15:30"),
        ("this week", "2026-03-23..2026-03-30"),
        ("this month", "2026-03-01..2026-04-01"),
        ("this quarter", "2026-01-01..2026-04-01"),
        ("current year", "2026-01-01..2027-01-01"),
        ("start of week", "2026-03-23"),
        ("beginning of this week", "2026-03-23"),
        ("beginning of last week", "2026-03-16"),
        ("start of the month", "2026-03-01"),
        ("beginning of last month", "2026-02-01"),
        ("start of next month", "2026-04-01"),
        ("first day of next month", "2026-04-01"),
        ("last day of February", "2026-02-28"),
        ("start of year", "2026-01-01"),
        ("start of last quarter", "2025-10-01"),
        ("beginning of 2025", "2025-01-01"),
        ("end of today", "2026-03-25 23:5959"),
        ("end of the week", "2026-03-29 23:5959"),
        ("end of month", "2026-03-31 23:5959"),
        ("end of last month", "2026-02-28 23:5959"),
        ("end of this quarter", "2026-03-31 23:5959"),
        ("end of year", "2026-12-31 23:5959"),
        # seconds since 1970
        ("1772720000", "2026-03-05 15:1320"),
    ],
)
def test_dates_are_read_as_people_mean_them(text, expected):
    if expected is None:
        with pytest.raises(UnreadableDate):
            read(text)
    elif ".." in expected and ":" in expected:
        start, end = (datetime.fromisoformat(each).replace(tzinfo=BERLIN) for each in expected.split(".."))
        assert read(text) == Moment(start, end, (start, end))
    else:
        assert shown(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-03-05", "2026-03-05", "2026-03-06"),
        ("2026-03-05 14:00", "2026-03-05", "2026-03-06"),
        ("2026-03-05T23:30Z", "2026-03-06", "2026-03-07"),
        ("2 days ago", "2026-03-23", "2026-03-24"),
        ("now", "2026-03-25", "2026-03-26"),
        ("last week", "2026-03-16", "2026-03-23"),
        ("next month", "2026-04-01", "2026-05-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("end of last month", "2026-02-28", "2026-03-01"),
        ("March 2026", "2026-03-01", "2026-04-01"),
    ],
)
def test_equals_covers_what_was_named_and_for_a_time_its_day(text, first, after):
    start, end = (each.astimezone(BERLIN) for each in read(text).span)
    assert (f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}") == (f"{first} 00:00", f"{after} 00:00")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        # 29 March, Berlin: 2:00 to 3:00 is left out; 25 October: 2:00 to 3:00 comes twice
        ("2026-03-29 01:59", "Europe/Berlin", "2026-03-29T00:59"),
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30"),
        ("2026-03-29 03:30", "Europe/Berlin", "2026-03-29T01:30"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("in 5 days", "Europe/Berlin", "2026-03-30T13:30"),
        ("in 120 hours", "Europe/Berlin", "2026-03-30T14:30"),
        ("in 5 days and 2 hours", "Europe/Berlin", "2026-03-30T15:30"),
        # Cairo leaves out midnight, and its day begins at one
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00"),
        ("2026-03-05", "Asia/Kathmandu", "2026-03-04T18:15"),
        ("today", "Pacific/Kiritimati", "2026-03-25T10:00"),
        ("today", "America/Los_Angeles", "2026-03-25T07:00"),
        ("midnight", "UTC", "2026-03-25T00:00"),
    ],
)
def test_zones_and_changes_of_the_clock(text, zone, expected):
    assert f"{read(text, ZoneInfo(zone)).start:%Y-%m-%dT%H:%M}" == expected


def test_the_day_on_which_the_clocks_change_is_shorter():
    first, after = read("2026-03-29").span
    assert after - first == timedelta(hours=23)


def test_minutes_are_counted_through_the_hour_that_comes_twice():
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert read("10 minutes ago", now=second_half_past_two).start == second_half_past_two - timedelta(
        minutes=10
    )
    assert read("now", now=second_half_past_two).start == second_half_past_two


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-03-31", "1 month ago", "2026-02-28"),
        ("2024-03-31", "1 month ago", "2024-02-29"),
        ("2024-02-29", "1 year ago", "2023-02-28"),
        ("2026-01-15", "1 month ago", "2025-12-15"),
        ("2026-12-31", "in 2 months", "2027-02-28"),
        ("2026-12-31", "tomorrow", "2027-01-01"),
        ("2026-01-01", "last week", "2025-12-25"),
        ("2026-01-01", "beginning of last month", "2025-12-01"),
        ("2026-01-04", "friday", "2026-01-02"),
        ("2026-01-04", "monday next week", "2026-01-05"),
    ],
)
def test_ends_of_months_and_years(now, text, expected):
    noon = datetime.fromisoformat(f"{now}T12:00").replace(tzinfo=BERLIN)
    assert f"{read(text, now=noon).start.astimezone(BERLIN):%Y-%m-%d}" == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5/3/2026", "2026-05-03"),
        ("5.3.2026", "2026-03-05"),
        ("31/12/2026", "2026-12-31"),
        ("5/3", "2026-05-03"),
    ],
)
def test_the_month_may_come_first(text, expected):
    assert shown(read(text, day_first=False)) == expected


@pytest.mark.parametrize(
    "text", ["0", "not set", "Never", "1970-01-01", "1970-01-01 00:00:00", "1970-01-01T00:00:00Z"]
)
def test_zero_stands_for_no_date(text):
    assert read(text) == Moment(UNSET, None, (UNSET, UNSET), is_unset=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty; write for example 2026-03-05"),
        ("soon", "write for example 2026-03-05"),
        ("week", "write for example"),
        ("2 fortnights hence and more", "write for example"),
        ("today today", "write for example"),
        ("1.5 hours ago", "write for example"),
        ("2026-02-30", "February 2026 has 28 days"),
        ("31.4.2026", "April 2026 has 30 days"),
        ("30/30/2026", "months go from 1 to 12"),
        ("2026-13-01", "months go from 1 to 12"),
        ("2026-00-01", "months go from 1 to 12"),
        ("2026-W54", "the weeks of 2026 go from 1 to 53"),
        ("2025-W53", "the weeks of 2025 go from 1 to 52"),
        ("0001-01-01", "years go from 1900 to 2999"),
        ("9999-12-31", "years go from 1900 to 2999"),
        ("999999999 days ago", "years go from 1900 to 2999"),
        ("in 999999999 years", "years go from 1900 to 2999"),
        ("999999999 weeks before 2026-01-01", "years go from 1900 to 2999"),
        ("99999999999", "years go from 1900 to 2999"),
        ("3000-01-01", "years go from 1900 to 2999"),
        ("today 25:00", "hours go from 0 to 23"),
        ("today 10:61", "hours go from 0 to 23"),
        ("13pm", "with am and pm hours go from 1 to 12"),
        ("2026-03-05T10:00+25:00", "offsets go from -14:00 to +14:00"),
        ("March 2026 10:00", "a time of day needs one day"),
        ("5 minutes ago 10:00", "a time of day needs one day"),
        ("x" * 101, "it is too long"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text, reason):
    with pytest.raises(UnreadableDate) as caught:
        read(text)
    assert reason in str(caught.value)


WORDS = (
    "0 1 2 31 12 2026 99999999 a last next this of end start day week month year monday march now today "
    "ago in + - : / . T Z at am before"
).split()


@given(
    text=st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
    | st.text("0123456789-:./+TZ amdw", max_size=20)
    | st.text()
)
@settings(max_examples=150, deadline=None)
@example("1900-01-01T00:00+14:00")
@example("2999-12-31T23:59-14:00")
@example("٣ days ago")
@example("in 999999999 years before 2026")
@example("- " * 40)
@example("1 " * 49)
def test_any_text_is_a_moment_or_is_refused(text):
    try:
        moment = read(text)
    except UnreadableDate:
        return
    assert moment.span[0] <= moment.span[1]
    assert moment.start.tzinfo is UTC
