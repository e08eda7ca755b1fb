"""Billing periods follow each other without a gap, and begin where people expect."""

import itertools
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy_billing.periods.period import Period, day_of
from rtpy_billing.periods.proration import QuantityChange, prorated, units_in
from rtpy_billing.periods.rhythm import Every, Rhythm, add_months

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def D(text: str) -> date:
    return date.fromisoformat(text)


@st.composite
def rhythms(draw):
    every = draw(st.sampled_from(Every))
    most = 7 if every in (Every.WEEK, Every.TWO_WEEKS) else 28
    starts_on = draw(DAYS)
    ends_on = draw(st.none() | st.integers(1, 900).map(lambda days: starts_on + timedelta(days=days)))
    return Rhythm(every, starts_on, draw(st.none() | st.integers(1, most)), ends_on)


@given(rhythms(), st.integers(0, 1000))
def test_every_day_of_an_agreement_is_in_exactly_one_period(rhythm, offset):
    until = rhythm.starts_on + timedelta(days=offset + 1)
    periods = list(rhythm.periods(until))
    assert periods[0].billed.start == rhythm.starts_on
    for one, following in itertools.pairwise(periods):
        assert one.billed.end == following.billed.start
    for period in periods:
        assert 0 < period.share <= 1
        assert period.full.common_with(period.billed) == period.billed
    day = rhythm.starts_on + timedelta(days=offset)
    having = [period for period in periods if day in period.billed]
    found = rhythm.period_of(day)
    assert having == ([found] if found else [])
    assert (found is None) == (rhythm.ends_on is not None and day >= rhythm.ends_on)


@pytest.mark.parametrize(
    ("every", "anchor", "starts", "expected"),
    [
        (Every.MONTH, 1, "2026-01-31", ["2026-01-31", "2026-02-01", "2026-03-01"]),
        (Every.MONTH, None, "2026-01-31", ["2026-01-31", "2026-02-28", "2026-03-28"]),
        (Every.MONTH, 28, "2026-02-28", ["2026-02-28", "2026-03-28", "2026-04-28"]),
        (Every.MONTH, 15, "2026-01-10", ["2026-01-10", "2026-01-15", "2026-02-15"]),
        (Every.QUARTER, 1, "2026-02-10", ["2026-02-10", "2026-04-01", "2026-07-01"]),
        (Every.QUARTER, None, "2026-02-10", ["2026-02-10", "2026-05-10", "2026-08-10"]),
        (Every.HALF_YEAR, 1, "2026-08-01", ["2026-08-01", "2027-01-01", "2027-07-01"]),
        (Every.YEAR, None, "2024-02-29", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        (Every.YEAR, 15, "2026-01-10", ["2026-01-10", "2026-01-15", "2027-01-15"]),
        (Every.WEEK, 1, "2026-01-01", ["2026-01-01", "2026-01-05", "2026-01-12"]),
        (Every.TWO_WEEKS, None, "2026-01-01", ["2026-01-01", "2026-01-15", "2026-01-29"]),
    ],
)
def test_periods_begin_on_their_anchor(every, anchor, starts, expected):
    periods = Rhythm(every, D(starts), anchor).periods(date.max)
    assert [next(periods).billed.start.isoformat() for _ in expected] == expected


@pytest.mark.parametrize(("every", "anchor"), [(Every.MONTH, 29), (Every.MONTH, 0), (Every.WEEK, 8)])
def test_an_anchor_is_a_day_that_every_period_has(every, anchor):
    with pytest.raises(ValueError, match="anchored on day 1 to"):
        Rhythm(every, D("2026-01-01"), anchor)


@given(rhythms(), st.integers(0, 800))
def test_boundaries_are_the_ends_of_the_full_periods(rhythm, offset):
    day = rhythm.starts_on + timedelta(days=offset)
    ends = rhythm.boundaries(day)
    assert ends[-1] >= day
    assert list(ends) == sorted(set(ends))
    period = Rhythm(rhythm.every, rhythm.starts_on, rhythm.anchor).period_of(day)
    assert period is not None
    assert rhythm.end_after(day, 0) == period.full.end


def test_a_period_begins_at_midnight_of_the_customer():
    june = Period(D("2026-06-01"), D("2026-07-01"))
    begins, ends = june.instants(ZoneInfo("Asia/Kolkata"))
    assert begins == datetime(2026, 5, 31, 18, 30, tzinfo=UTC)
    assert day_of(begins, ZoneInfo("Asia/Kolkata")) == june.start
    assert day_of(ends - timedelta(seconds=1), ZoneInfo("Asia/Kolkata")) == june.last_day


def test_midnight_that_is_skipped_still_begins_the_day():
    beirut = ZoneInfo("Asia/Beirut")  # clocks went from 24:00 to 1:00 on 26 March 2022
    march = Period(D("2022-03-27"), D("2022-04-01"))
    begins, _ = march.instants(beirut)
    assert day_of(begins, beirut) == D("2022-03-27")
    assert day_of(begins - timedelta(seconds=1), beirut) == D("2022-03-26")


def test_a_part_period_is_worth_its_days_only_when_told():
    (part, whole) = list(Rhythm(Every.MONTH, D("2026-06-16"), 1).periods(D("2026-07-02")))
    assert prorated(10_000, part, prorate=True) == 5_000
    assert prorated(10_000, part, prorate=False) == 10_000
    assert prorated(10_000, whole, prorate=True) == 10_000


def test_units_that_come_and_go_count_by_days_or_on_one_day():
    (period,) = Rhythm(Every.MONTH, D("2026-06-01"), 1).periods(D("2026-06-02"))
    changes = [
        QuantityChange(D("2026-05-01"), 10),
        QuantityChange(D("2026-06-16"), 12),
        QuantityChange(D("2026-07-01"), 0),
    ]
    assert units_in(period, changes, prorate=True, counted_on=D("2026-06-30")) == 11
    assert units_in(period, changes, prorate=False, counted_on=D("2026-06-30")) == 12
    assert units_in(period, changes, prorate=False, counted_on=D("2026-06-01")) == 10
    assert units_in(period, [], prorate=True, counted_on=D("2026-06-01")) == Fraction(0)


@given(DAYS, st.integers(-60, 60))
def test_months_later_is_a_day_that_exists(day, months):
    later = add_months(day, months)
    assert later.day == min(day.day, 28)
    assert (later.year - day.year) * 12 + later.month - day.month == months
