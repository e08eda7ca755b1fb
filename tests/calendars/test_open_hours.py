"""Open hours are counted as the clocks on the wall show them, whatever the zone, the season and the version."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpy.calendars.calendar import ALWAYS, Calendar, Span
from rtpy.calendars.open_hours import OpenHours, always

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
OFFICE = ((Span(540, 720), Span(780, 1020)),) * 5 + ((), ())
NIGHTS = ((Span(0, 360), Span(1320, 1440)),) * 7
EARLY = ((Span(90, 150), Span(155, 190)),) * 7
"""Hours that lie where clocks are changed."""
WEEKS = {"office": OFFICE, "nights": NIGHTS, "early": EARLY, "always": ALWAYS}

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(2026, 3, 29)),  # 5:45 ahead, never changed
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that never was
    ("Africa/Cairo", date(2026, 4, 24)),  # there is no midnight
    ("America/Havana", date(2026, 11, 1)),  # midnight comes twice
]


def calendar(zone="Europe/Berlin", week=OFFICE, exceptions=None, yearly=None):
    return Calendar(1, "", zone, week, exceptions or {}, yearly or {})


def hours(zone="Europe/Berlin", week=OFFICE, exceptions=None, yearly=None):
    return OpenHours([(None, 1, calendar(zone, week, exceptions, yearly))])


def at(text, zone="Europe/Berlin"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def is_open(instant, versions):
    """Slow and plain: look at the wall clock of the last version whose first day has come."""
    holding = versions[0][2]
    for valid_from, _, each in versions[1:]:
        if instant.astimezone(ZoneInfo(each.zone)).date() >= valid_from:
            holding = each
    wall = instant.astimezone(ZoneInfo(holding.zone))
    minute = wall.hour * 60 + wall.minute
    return any(span.start <= minute < span.end for span in holding.spans_on(wall.date()))


def open_minutes(start, minutes, versions):
    return [is_open(start + number * MINUTE, versions) for number in range(minutes)]


@cache
def kept(zone, week):
    return hours(zone, WEEKS[week])


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("week", WEEKS)
def test_every_minute_around_a_change_of_clocks_is_counted_once(zone, day, week):
    counted = hours(zone, WEEKS[week])
    start = datetime.combine(day, time.min, UTC) - timedelta(hours=30)
    truth = open_minutes(start, 84 * 60, counted.versions)
    passed = 0
    for number, opened in enumerate(truth):
        instant = start + number * MINUTE
        assert counted.between(start, instant) == passed * 60
        assert counted.is_open(instant) == opened == counted.is_open(instant + 59 * SECOND)
        passed += opened
        if opened:
            assert counted.after(start, passed * 60) == instant + MINUTE
            assert counted.after(start, passed * 60 - 1) == instant + 59 * SECOND
            assert counted.next_open(instant) == instant


INSTANTS = st.datetimes(datetime(2023, 11, 1), datetime(2024, 12, 31), timezones=st.just(UTC))
ZONES = st.sampled_from(sorted({zone for zone, _ in CHANGES}))


@settings(deadline=None)  # the slow reference takes its time on a busy machine
@given(INSTANTS, st.integers(0, 300_000), ZONES, st.sampled_from(sorted(WEEKS)))
def test_what_has_passed_after_so_many_seconds_is_so_many_seconds(start, seconds, zone, week):
    counted = kept(zone, week)
    until = counted.after(start, seconds)
    assert counted.between(start, until) == seconds
    if seconds:
        assert counted.is_open(until - SECOND)
        assert counted.between(start, until - SECOND) == seconds - 1


@settings(deadline=None)  # the slow reference takes its time on a busy machine
@given(INSTANTS, st.integers(0, 4_000), ZONES, st.sampled_from(sorted(WEEKS)))
def test_open_hours_are_the_minutes_that_are_open(start, minutes, zone, week):
    start = start.replace(second=0, microsecond=0)
    counted = kept(zone, week)
    truth = open_minutes(start, minutes, counted.versions)
    end = start + minutes * MINUTE
    assert counted.between(start, end) == 60 * sum(truth)
    stretches = counted.stretches(start, end)
    assert sum((right - left) // SECOND for left, right in stretches) == 60 * sum(truth)
    assert all(before[1] < after[0] for before, after in pairwise(stretches))
    if any(truth):
        assert counted.next_open(start) == start + truth.index(True) * MINUTE == stretches[0][0]


DAYS = st.sampled_from(
    [
        (),
        OFFICE[0],
        NIGHTS[0],
        EARLY[0],
        ALWAYS[0],
        (Span(0, 1),),
        (Span(1439, 1440),),
        (Span(1, 719), Span(721, 1439)),
    ]
)
CALENDARS = st.builds(
    Calendar,
    st.just(1),
    st.just(""),
    ZONES,
    st.tuples(*[DAYS] * 7),
    st.dictionaries(st.dates(date(2024, 2, 26), date(2024, 3, 10)), DAYS, max_size=4),
    st.dictionaries(st.sampled_from([(2, 29), (3, 1), (3, 4), (3, 10)]), DAYS, max_size=2),
)


@settings(deadline=None)  # the slow reference takes its time on a busy machine
@given(CALENDARS, CALENDARS, CALENDARS, st.integers(0, 4), st.integers(1, 3), st.integers(0, 9 * 24 * 60))
def test_each_version_counts_from_its_local_midnight(first, second, third, later, more, minutes):
    begin = date(2024, 2, 27) + timedelta(days=later)
    versions = [(None, 1, first), (begin, 2, second), (begin + timedelta(days=more), 3, third)]
    start = datetime(2024, 2, 27, tzinfo=UTC)
    step, end = timedelta(minutes=37), start + minutes * MINUTE
    counted = OpenHours(versions)
    instant = start
    while instant < end:
        minute = instant + MINUTE
        assert counted.is_open(instant) == is_open(instant, versions)
        assert counted.between(instant, minute) == 60 * is_open(instant, versions)
        instant += step
    whole = counted.between(start, end)
    assert whole == sum((right - left) // SECOND for left, right in counted.stretches(start, end))
    assert (
        counted.between(start, start + (end - start) / 2) + counted.between(start + (end - start) / 2, end)
        == whole
    )


@pytest.mark.parametrize(
    ("start", "seconds", "found"),
    [
        ("2026-11-23T10:00", 0, "2026-11-23T10:00"),
        ("2026-11-22T10:00", 0, "2026-11-22T10:00"),
        (
            "2026-11-23T10:00",
            7200,
            "2026-11-23T12:00",
        ),  # the end of the morning, not the beginning of the afternoon
        ("2026-11-23T10:00", 7201, "2026-11-23T13:00:01"),
        ("2026-11-23T12:30", 3600, "2026-11-23T14:00"),
        ("2026-11-27T16:00", 7200, "2026-11-30T10:00"),
        ("2026-12-23T16:00", 7200, "2026-12-24T10:00"),
        ("2026-12-24T11:00", 7200, "2026-12-28T10:00"),  # half a day, and two holidays before a weekend
        ("2026-12-31T16:00", 3601, "2027-01-04T09:00:01"),
        ("2028-02-28T16:00", 3600 * 8, "2028-02-29T17:00"),  # a leap day, open
    ],
)
def test_a_deadline_lies_in_open_hours(start, seconds, found):
    counted = hours(
        exceptions={date(2026, 12, 25): (), date(2027, 1, 1): ()},
        yearly={(12, 24): (Span(540, 720),), (12, 26): ()},
    )
    assert counted.after(at(start), seconds) == at(found)


def test_a_date_of_its_own_goes_before_what_comes_every_year():
    counted = hours(yearly={(12, 24): ()}, exceptions={date(2026, 12, 24): (Span(600, 660),)})
    day = at("2026-12-24T00:00"), at("2026-12-25T00:00")
    assert counted.between(*day) == 3600
    assert counted.between(at("2027-12-24T00:00"), at("2027-12-25T00:00")) == 0


@pytest.mark.parametrize(
    ("start", "days", "found"),
    [
        ("2026-11-23T08:00", 0, "2026-11-23T17:00"),
        ("2026-11-23T12:30", 0, "2026-11-23T17:00"),
        ("2026-11-23T17:00", 0, "2026-11-24T17:00"),
        ("2026-11-27T20:00", 0, "2026-11-30T17:00"),
        ("2026-11-27T10:00", 1, "2026-11-30T17:00"),
        ("2026-11-28T10:00", 1, "2026-11-30T17:00"),
        ("2026-11-23T10:00", 5, "2026-11-30T17:00"),
        ("2026-12-30T10:00", 2, "2027-01-04T17:00"),
    ],
)
def test_days_end_when_they_close(start, days, found):
    assert hours(exceptions={date(2027, 1, 1): ()}).end_of_day(at(start), days) == at(found)


@pytest.mark.parametrize(
    ("zone", "start", "days", "found"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", 1, "2026-03-30T00:00"),
        ("Europe/Berlin", "2026-12-31T23:30", 0, "2027-01-01T00:00"),
        ("Pacific/Apia", "2011-12-29T12:00", 1, "2012-01-01T00:00"),  # the 30th was left out
        ("Asia/Kathmandu", "2026-12-31T03:00", 2, "2027-01-03T00:00"),
    ],
)
def test_round_the_clock_a_day_ends_at_midnight(zone, start, days, found):
    assert always(zone).end_of_day(at(start, zone), days) == at(found, zone)


def test_a_version_begins_at_midnight_in_its_own_zone():
    tokyo, berlin = calendar("Asia/Tokyo", ALWAYS), calendar("Europe/Berlin")
    counted = OpenHours([(date(2026, 1, 1), 7, tokyo), (date(2026, 11, 24), 9, berlin)])
    change = at("2026-11-24T00:00")
    assert counted.between(change - timedelta(hours=1), change + timedelta(hours=9)) == 3600
    assert counted.after(change - timedelta(hours=1), 7200) == at("2026-11-24T10:00")
    assert counted.version_ids(change - SECOND, change) == (7,)
    assert counted.version_ids(change, change) == (9,)
    assert counted.version_ids(change - SECOND, change + SECOND) == (7, 9)
    assert counted.version_at(at("2001-01-01T00:00")).id == 7


def test_a_calendar_that_never_opens_says_so():
    never = hours(week=((),) * 7, exceptions={date(2026, 11, 23): (Span(540, 600),)})
    monday = at("2026-11-23T09:30")
    assert never.after(monday, 1800) == never.end_of_day(monday, 0) == at("2026-11-23T10:00")
    for ask in (
        lambda: never.after(monday, 1801),
        lambda: never.next_open(at("2026-11-23T10:00")),
        lambda: never.end_of_day(monday, 1),
    ):
        with pytest.raises(ValueError, match="ten years"):
            ask()
    with pytest.raises(ValueError, match="forwards"):
        never.after(monday, -1)


def test_nothing_passes_backwards_and_fractions_are_cut_off():
    counted = always()
    start = at("2026-11-23T10:00")
    half = timedelta(microseconds=500_000)
    assert counted.between(start, start - MINUTE) == 0
    assert counted.between(start + half, start + SECOND) == 1
    assert counted.after(start + half, 5) == start + 5 * SECOND
