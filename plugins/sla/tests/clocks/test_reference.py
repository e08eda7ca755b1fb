"""Clocks against slow references that count one by one: minutes, and closes of business."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugins.sla.tests.clocks.histories import MINUTE, OFFICE, START, STATUSES
from plugins.sla.tests.hard_cases.told import ROUND_THE_CLOCK, RULES, band, plan, term
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.plan import Hours
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.words import Ball, State, Target, Unit, Verdict


@given(
    st.lists(st.tuples(st.sampled_from((0, 1, 7, 30, 61, 240)), st.sampled_from(STATUSES[1:5])), max_size=8),
    st.integers(0, 6 * 60),
    st.sampled_from((OFFICE, ROUND_THE_CLOCK)),
    st.integers(0, 1440),
)
def test_a_clock_equals_one_that_is_counted_minute_by_minute(moves, minutes, held, after):
    given_plan = plan(band(resolution=minutes * 60, held=held))
    lines = [
        Fact(START, 1, FactKind.CREATED, 11, "open"),
        Fact(START, 2, FactKind.PINNED, 21, "keep", 1),
    ]
    at = START
    for number, (passed, status) in enumerate(moves, 3):
        at += passed * MINUTE
        lines.append(Fact(at, number, FactKind.STATUS, 21, status))
    end = at + after * MINUTE
    (open_,) = [
        each
        for each in play(Story(1, tuple(lines)), {1: given_plan}, RULES, end).clocks
        if each.target == "resolution"
    ]
    if open_.state is State.RUNNING and open_.used < minutes * 60:
        assert open_.since is not None
        assert open_.due == due_by_minutes(open_.since, minutes - open_.used // 60, held)
    lines.append(Fact(end, 99, FactKind.STATUS, 21, "resolved"))
    story = Story(1, tuple(lines))

    (clock,) = [
        each for each in play(story, {1: given_plan}, RULES, end).clocks if each.target == "resolution"
    ]

    assert (clock.used, clock.verdict(end)) == by_minutes(story, minutes, held, end)


def due_by_minutes(at: datetime, minutes: int, held: Hours) -> datetime:
    """When so many minutes have been counted, one by one."""
    while minutes:
        minutes -= held.between(at, at + MINUTE) // 60
        at += MINUTE
    return at


def by_minutes(story: Story, minutes: int, held: Hours, end: datetime) -> tuple[int, Verdict]:
    """How many seconds counted and what came of it, by looking at each minute.

    It is missed when a minute of a stretch in which it runs begins after all minutes of the term were counted; so it
    is not in the minute with which a pause begins, even outside of hours.
    """
    changes = [(each.at, each.text) for each in story.facts if each.text in STATUSES]
    counted, is_missed, at = 0, False, START
    used_up: datetime | None = START if not minutes else None
    while at < end:
        status = [text for since, text in changes if since <= at][-1]
        if RULES.ball_by_status.get(status, Ball.US) is Ball.US:
            if used_up is None and counted == minutes:
                used_up = at
            is_missed = is_missed or used_up is not None
            counted += held.between(at, at + MINUTE) // 60
        at += MINUTE
    return counted * 60, Verdict.MISSED if is_missed else Verdict.MET


@given(
    st.lists(st.tuples(st.sampled_from((1, 30, 240, 600, 1440)), st.sampled_from(STATUSES[1:5])), max_size=6),
    st.integers(1, 5),
)
def test_days_equal_closes_that_are_counted_one_by_one(moves, days):
    given_plan = plan(band(term(Target.RESOLUTION, days, Unit.DAYS), held=OFFICE))
    lines = [
        Fact(START, 1, FactKind.CREATED, 11, "open"),
        Fact(START, 2, FactKind.PINNED, 21, "keep", 1),
    ]
    at = START
    for number, (passed, status) in enumerate(moves, 3):
        at += passed * MINUTE
        lines.append(Fact(at, number, FactKind.STATUS, 21, status))

    clocks = play(Story(1, tuple(lines)), {1: given_plan}, RULES, at).clocks
    (clock,) = [each for each in clocks if each.target == "resolution"]

    if clock.state is State.RUNNING:
        due = day_by_day(lines, days)
        assert (clock.due, clock.missed) == (due, due if due < at else None)


def pauses_of(lines: list[Fact], close: datetime) -> Fact | None:
    """The change of status that began a pause in which this moment lies, its ends included."""
    waiting: Fact | None = None
    for fact in lines:
        if fact.kind is not FactKind.STATUS:
            continue
        if waiting is not None and fact.at >= close and not is_ours(fact):
            return waiting
        if waiting is not None and is_ours(fact):
            if fact.at >= close:
                return waiting
            waiting = None
        if waiting is None and not is_ours(fact) and fact.at <= close:
            waiting = fact
    return waiting


def is_ours(fact: Fact) -> bool:
    return RULES.ball_by_status.get(fact.text, Ball.US) is Ball.US


def day_by_day(lines: list[Fact], days: int) -> datetime:
    """The close of the n-th business day after the first that does not lie in a pause."""
    closes: dict[object, datetime] = {}
    for _, end in OFFICE.stretches(START, START + timedelta(days=60)):
        closes[end.date()] = end
    counted = [
        close for day, close in closes.items() if day > START.date() and pauses_of(lines, close) is None
    ]
    return counted[days - 1]
