"""Worked time becomes billed time by minimum, increment, grace and maximum of a group: durations, never clock times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.billing.tests.pricing.made import DAY, billed, clocked, minutes, priced, rule
from rtpy_billing.pricing.rounding import billed as round_time
from rtpy_billing.pricing.rounding import shares
from rtpy_billing.pricing.words import ChargeMode, Direction, Grouping

UP, NEAREST, DOWN = Direction.UP, Direction.NEAREST, Direction.DOWN


@pytest.mark.parametrize(
    ("worked", "rounding", "expected"),
    [
        (25, rule(), 25),
        (5, rule(15), 15),
        (15, rule(15), 15),
        (16, rule(15, 15), 30),
        (70, rule(60, 15), 75),
        (21, rule(20, 15), 35),  # increments count from the minimum up
        (250, rule(0, 15), 255),  # 4 h 10 is 4 h 15, and never 5 h
        (250, rule(0, 10), 250),
        (250, rule(0, 6), 252),
        (52 * 60 + 40, rule(0, 5), 52 * 60 + 40),
        (67, rule(60, 60, grace=7), 60),
        (68, rule(60, 60, grace=7), 120),
        (22, rule(0, 15, grace=7), 15),
        (5, rule(0, 15, grace=7), 15),  # grace never forgives everything
        (5, rule(15, 15, grace=7), 15),
        (7, rule(0, 15, direction=NEAREST), 0),
        (8, rule(0, 15, direction=NEAREST), 15),
        (22.5, rule(0, 15, direction=NEAREST), 30),
        (29, rule(0, 15, direction=DOWN), 15),
        (9 * 60, rule(0, 15, maximum=480), 480),
        (5, rule(60, 0, maximum=30), 30),
        (0, rule(60, 15), 0),
    ],
)
def test_a_duration_is_rounded_by_its_rule(worked, rounding, expected):
    assert billed(minutes(worked), rounding_rules=(rounding,)) == [expected]


def test_a_clock_in_a_zone_of_half_an_hour_changes_nothing():
    entry = clocked("2026-11-23T10:10", "2026-11-23T11:00", zone="Asia/Kolkata")
    assert billed(entry, rounding_rules=(rule(0, 60),)) == [60]


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping.TICKET_DAY, 120),
        (Grouping.TICKET, 120),
        (Grouping.PERSON_DAY, 120),
        (Grouping.INVOICE, 120),
        (Grouping.ENTRY, 180),
    ],
)
def test_three_short_entries_are_not_three_hours(grouping, expected):
    day = [minutes(45), minutes(45, id=2), minutes(5, id=3)]
    assert sum(billed(*day, rounding_rules=(rule(60, 60, grouping=grouping),))) == expected


@pytest.mark.parametrize(
    ("grouping", "together"),
    [
        (Grouping.ENTRY, [[1], [2], [3], [4], [5]]),
        (Grouping.TICKET_DAY, [[1, 2], [3], [4], [5]]),
        (Grouping.TICKET, [[1, 2, 4], [3], [5]]),
        (Grouping.PERSON_DAY, [[1, 3, 5], [2], [4]]),
        (Grouping.INVOICE, [[1, 2, 3, 4, 5]]),
    ],
)
def test_a_group_is_what_its_rule_says(grouping, together):
    entries = [
        minutes(1),
        minutes(1, id=2, person_id=4),
        minutes(1, id=3, ticket_id=8),
        minutes(1, id=4, worked_on=DAY.replace(day=24)),
        minutes(1, id=5, ticket_id=None),
    ]
    lines = priced(*entries, rounding_rules=(rule(60, grouping=grouping),))
    minutes_of = {line.entry_id: line.billed_seconds // 60 for line in lines}
    assert sum(minutes_of.values()) == 60 * len(together)
    assert all(sum(minutes_of[id] for id in group) == 60 for group in together)


def test_the_minutes_of_a_group_are_shared_by_what_was_worked():
    day = [minutes(45), minutes(45, id=2), minutes(5, id=3)]
    assert billed(*day, rounding_rules=(rule(60, 60),)) == [57, 57, 6]


def test_an_entry_over_midnight_has_one_minimum():
    night = clocked("2026-11-23T23:50", "2026-11-24T00:10")
    lines = priced(night, rounding_rules=(rule(60),))
    assert [(line.worked_on.day, line.billed_seconds) for line in lines] == [(23, 1800), (24, 1800)]


def test_free_work_does_not_round_paid_work_up():
    assert billed(
        minutes(55), minutes(10, id=2, charge_mode=ChargeMode.NO_CHARGE), rounding_rules=(rule(0, 60),)
    ) == [
        60,
        60,
    ]
    assert billed(
        minutes(55), minutes(10, id=2, charge_mode=ChargeMode.HIDDEN), rounding_rules=(rule(0, 60),)
    ) == [
        60,
        0,
    ]


def test_a_write_off_leaves_the_others_of_its_group_alone():
    before = billed(minutes(45), minutes(45, id=2), minutes(5, id=3), rounding_rules=(rule(60, 60),))
    gift = minutes(5, id=3, write_off_reason="Our mistake")
    assert billed(minutes(45), minutes(45, id=2), gift, rounding_rules=(rule(60, 60),)) == before


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule(15), rule(60, id=2, work_type_id=1)], 60),
        ([rule(15), rule(60, id=2, work_type_id=9)], 15),
        ([rule(60, work_type_id=1), rule(30, id=2, of_customer=True)], 30),
        ([rule(30, of_customer=True), rule(120, id=2, of_customer=True, work_type_id=1)], 120),
        ([rule(30, line_id=99)], 5),
    ],
)
def test_the_closest_rule_holds(rules, expected):
    assert billed(minutes(5, work_type_id=1), rounding_rules=rules) == [expected]


@given(
    st.integers(-(10**5), 10**5),
    st.integers(0, 200),
    st.integers(0, 90),
    st.sampled_from(Direction),
    st.integers(0, 20),
)
def test_rounding_never_turns_nothing_into_time_and_up_never_takes_more_than_grace(
    worked, least, step, way, grace
):
    time, _ = round_time(rule(least, step, direction=way, grace=grace), worked)
    if worked <= 0:
        assert time == worked
    elif way is UP:
        assert time >= worked - grace * 60
        assert time < max(worked, least * 60) + step * 60 + 1


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=20))
def test_shares_add_up(pool, worked):
    parts = shares(pool, worked)
    assert sum(parts) == pool
    assert min(parts) >= 0


@given(st.integers(-(10**5), 10**6), st.lists(st.integers(-(10**4), 10**5), min_size=1, max_size=20))
def test_shares_with_corrections_add_up(pool, worked):
    assert sum(shares(pool, worked)) == pool
