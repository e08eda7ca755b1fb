"""Rules that come again: compared with a slow count, day by day; clocks that change; ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpy.content.recurring import (
    LAST,
    Every,
    Rule,
    count_between,
    days_of,
    describe_rule,
    moment_on,
    next_moment,
    plain_rule,
    preview,
    rule_of,
)
from rtpy.content.recurring_read import read_rule, rule_values
from rtpy.errors import Invalid

SPAN = 2200


def slow(rule):
    """The days of a rule, each day asked by itself."""
    found = []
    for number in range(SPAN):
        day = rule.start + timedelta(days=number)
        if rule.until and day > rule.until:
            break
        if _fits(rule, day):
            found.append(day)
            if rule.count and len(found) == rule.count:
                break
    return found


def _fits(rule, day):
    start = rule.start
    months = (day.year - start.year) * 12 + day.month - start.month
    match rule.every:
        case Every.DAY:
            return (day - start).days % rule.interval == 0
        case Every.WEEK:
            weeks = (
                (day - timedelta(days=day.weekday())) - (start - timedelta(days=start.weekday()))
            ).days // 7
            return weeks % rule.interval == 0 and day.weekday() in (rule.weekdays or (start.weekday(),))
        case Every.MONTH:
            return months % rule.interval == 0 and _right_day(rule, day)
        case Every.YEAR:
            right = day.month == (rule.month or start.month)
            return right and (day.year - start.year) % rule.interval == 0 and _right_day(rule, day)


def _right_day(rule, day):
    last = monthrange(day.year, day.month)[1]
    if not rule.nth:
        return day.day == min(rule.day or rule.start.day, last)
    if day.weekday() != rule.weekdays[0]:
        return False
    return day.day + 7 > last if rule.nth == LAST else (day.day - 1) // 7 + 1 == rule.nth


@st.composite
def rules(draw):
    every = draw(st.sampled_from(list(Every)))
    nth = draw(st.sampled_from([0, 0, 1, 2, 3, 4, LAST])) if every in (Every.MONTH, Every.YEAR) else 0
    weekday = st.integers(0, 6)
    if nth:
        weekdays = (draw(weekday),)
    else:
        weekdays = tuple(sorted(draw(st.sets(weekday)))) if every is Every.WEEK else ()
    start = draw(st.dates(date(2023, 1, 1), date(2028, 12, 31)))
    ends = draw(st.sampled_from(["never", "until", "count"]))
    return Rule(
        every,
        start,
        interval=draw(st.integers(1, 5)),
        weekdays=weekdays,
        day=draw(st.integers(0, 31)) if not nth else 0,
        nth=nth,
        month=draw(st.integers(0, 12)) if every is Every.YEAR else 0,
        until=start + timedelta(days=draw(st.integers(0, 900))) if ends == "until" else None,
        count=draw(st.integers(1, 30)) if ends == "count" else None,
    )


@settings(max_examples=150, deadline=None)
@given(rules())
def test_the_days_are_those_of_a_slow_count(rule):
    expected = slow(rule)
    last = rule.start + timedelta(days=SPAN - 1)
    found = []
    for day in islice(days_of(rule), len(expected) + 1):
        if day <= last:
            found.append(day)
    assert found == expected


@given(rules())
def test_a_rule_is_the_same_after_a_form(rule):
    # A form writes out what a rule leaves open.
    again = read_rule(rule_values(rule), date(2026, 1, 1))
    assert list(islice(days_of(again), 40)) == list(islice(days_of(rule), 40))


@given(rules())
def test_a_rule_is_the_same_after_the_database(rule):
    assert rule_of(plain_rule(rule)) == rule


@settings(deadline=None)
@given(rules(), st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)))
def test_the_next_moment_is_later_and_nothing_lies_between(rule, after):
    after = after.replace(tzinfo=UTC)
    found = next_moment(rule, after)
    if found is not None:
        assert found > after
        assert count_between(rule, after, found) == 1


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 28), time(2, 30), "2026-03-28T01:30"),
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),  # skipped: 03:30 by the clock
        (date(2026, 3, 30), time(2, 30), "2026-03-30T00:30"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # shown twice: the first
        (date(2026, 10, 26), time(2, 30), "2026-10-26T01:30"),
        (date(2026, 7, 1), time(9), "2026-07-01T07:00"),
        (date(2026, 12, 1), time(9), "2026-12-01T08:00"),
    ],
)
def test_the_clock_of_the_zone_counts(day, at, utc):
    rule = Rule(Every.DAY, day, at=at, zone="Europe/Vienna")
    assert moment_on(rule, day) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_each_day_has_one_moment_across_both_changes_of_the_clock():
    rule = Rule(Every.DAY, date(2026, 1, 1), at=time(2, 30), zone="Europe/Vienna", until=date(2026, 12, 31))
    moments = preview(rule, datetime(2025, 12, 1, tzinfo=UTC), 400)
    assert len(moments) == len(set(moments)) == 365


def test_a_day_that_a_month_lacks_falls_on_its_last():
    rule = Rule(Every.MONTH, date(2027, 12, 31), count=4)
    assert list(days_of(rule)) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
    ]


def test_the_leap_day_falls_on_the_28th_in_other_years():
    rule = Rule(Every.YEAR, date(2024, 2, 29), count=3)
    assert list(days_of(rule)) == [date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(Every.DAY, date(2026, 1, 1)), "every day at 09:00 (UTC)"),
        (
            Rule(Every.WEEK, date(2026, 1, 1), weekdays=(0, 4), interval=2, zone="Europe/Vienna"),
            "every 2 weeks on Monday and Friday at 09:00 (Europe/Vienna)",
        ),
        (
            Rule(Every.MONTH, date(2026, 1, 1), nth=LAST, weekdays=(4,)),
            "every month on the last Friday at 09:00 (UTC)",
        ),
        (
            Rule(Every.YEAR, date(2026, 5, 3), count=2),
            "every year on day 3 of May at 09:00 (UTC), 2 times",
        ),
    ],
)
def test_a_rule_in_words(rule, words):
    assert describe_rule(rule) == words


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"every": "fortnight"}, "every"),
        ({"interval": "0"}, "interval"),
        ({"interval": "abc"}, "interval"),
        ({"at": "25:00"}, "at"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"weekdays": "7"}, "weekdays"),
        ({"every": "month", "day": "32"}, "day"),
        ({"every": "month", "by": "weekday", "nth": "0"}, "nth"),
        ({"start": "yesterday"}, "start"),
        ({"end": "until"}, "until"),
        ({"start": "2026-05-01", "end": "until", "until": "2026-04-01"}, "until"),
        ({"end": "count"}, "count"),
        ({"end": "count", "count": "0"}, "count"),
    ],
)
def test_what_is_no_rule_is_refused_beside_its_field(values, field):
    with pytest.raises(Invalid) as refused:
        read_rule(values, date(2026, 1, 1))
    assert [problem.field for problem in refused.value.problems] == [field]


def test_fields_become_a_rule():
    values = {
        "every": "month",
        "by": "weekday",
        "nth": "-1",
        "weekday": "4",
        "at": "7:05",
        "zone": "europe/vienna",
    }
    assert read_rule(values, date(2026, 1, 1)) == Rule(
        Every.MONTH, date(2026, 1, 1), at=time(7, 5), zone="Europe/Vienna", nth=LAST, weekdays=(4,)
    )
