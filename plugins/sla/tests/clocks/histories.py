"""Histories of any kind, for properties of clocks: a creation and what may happen within some weeks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from plugins.sla.tests.hard_cases.told import (
    HOUR,
    ROUND_THE_CLOCK,
    RULES,
    band,
    calendar,
    hours,
    plan,
    t,
    term,
)
from rtpy.calendars.calendar import Span
from rtpy_sla.clocks.clock import Clock, Timeline
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.plan import Hours, Plan
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import Reopening, Retarget, Target, Unit

START = t("3 08:00")  # a Wednesday
MINUTE = timedelta(minutes=1)
OFFICE = hours(
    calendar("9-12,13-17"), calendar("8-12", d2026_06_09=(Span(600, 660),)), begins=("2026-06-08",)
)
TERMS = (
    term(Target.ACKNOWLEDGE, HOUR),
    term(Target.FIRST_RESPONSE, 2 * HOUR),
    term(Target.NEXT_RESPONSE, 2 * HOUR, pauses="third"),
    term(Target.UPDATE, 6 * HOUR, Unit.WALL),
    term(Target.RESOLUTION, 10 * HOUR),
    term(Target.INTERNAL, HOUR),
    term(Target.SUPPLIER, 3 * HOUR),
)


def version(number: int, how: Retarget, reopens: Reopening, *, days: bool = False) -> Plan:
    """Plans that differ in terms, hours and what becomes of clocks."""
    slow = tuple(replace(each, amount=each.amount * number) for each in TERMS)
    if days:
        slow = (*slow[:4], term(Target.RESOLUTION, number, Unit.DAYS), *slow[5:])
    bands = (
        band(*TERMS, held=ROUND_THE_CLOCK, priority=50, calendar_id=9),
        band(*slow, held=OFFICE),
    )
    return plan(*bands, version=number, on_priority=how, reopening=reopens, confirm_seconds=2 * 86_400)


PLANS = {
    1: version(1, Retarget.FROM_CREATION, Reopening.CONTINUE),
    2: version(2, Retarget.FROM_NOW, Reopening.RESTART),
    3: version(3, Retarget.KEEP, Reopening.NEVER, days=True),
}
STATUSES = ("new", "open", "stalled", "vendor", "scheduled", "resolved", "rejected")


GAPS = (0, 0, 1, 20, 59, 180, 1440)
KINDS = (
    (FactKind.CUSTOMER_SPOKE, ("",)),
    (FactKind.STAFF_SPOKE, ("",)),
    (FactKind.STAFF_TOUCHED, ("",)),
    (FactKind.MACHINE_SPOKE, ("",)),
    (FactKind.OWNED, ("", "1")),
    (FactKind.STATUS, STATUSES),
    (FactKind.STATUS, STATUSES),
    (FactKind.QUEUE, ("",)),
    (FactKind.BALL, ("", "us", "customer", "third", "scheduled")),
    (FactKind.PROMISED, ("",)),
    (FactKind.PROMISE_SETTLED, ("kept", "withdrawn", "moved")),
    (FactKind.EXCUSED, ("resolution", "update")),
    (FactKind.PRIORITY, ("",)),
    (FactKind.PINNED, ("keep", "now", "creation")),
    (FactKind.ABSORBED, ("",)),
)
NUMBERS = {FactKind.QUEUE: (1, 2, 3), FactKind.PRIORITY: (0, 50), FactKind.PINNED: (0, 1, 2, 3, 1, 2)}
"""What the number of a fact is drawn from; for others it is from 1 to 3."""


def made(at: datetime, number: int, kind: int, more: int) -> Fact:
    """Any one thing that may happen; `more` chooses its details."""
    which, texts = KINDS[kind]
    later = (at + timedelta(minutes=more * 7)).isoformat()
    data = (
        {"until": later} if which is FactKind.BALL and more % 3 == 0 else {"due": later, "reason": "theirs"}
    )
    data["started"] = (START + timedelta(hours=more - 200)).isoformat()
    numbers = NUMBERS.get(which, (1, 2, 3))
    return Fact(at, number, which, 21, texts[more % len(texts)], numbers[more // 7 % len(numbers)], data)


def told(first: tuple[int, bool, bool, int, int], rest: list[tuple[int, int, int]]) -> Story:
    """A creation and what followed within some weeks, some of it at one instant."""
    status, has_owner, is_by_us, priority, pinned = first
    data = {"queue": 1, "owner": has_owner, "by_us": is_by_us}
    found = [
        Fact(START, 1, FactKind.CREATED, 11, STATUSES[status], priority, data),
        Fact(START, 2, FactKind.PINNED, 21, "keep", pinned),
    ]
    at = START
    for number, (gap, kind, more) in enumerate(rest, 3):
        at += timedelta(minutes=GAPS[gap])
        found.append(made(at, number, kind, more))
    return Story(1, tuple(found))


def facts(most: int = 20) -> st.SearchStrategy[Story]:
    """Histories."""
    first = st.tuples(
        st.integers(0, 6), st.booleans(), st.booleans(), st.sampled_from((0, 50)), st.integers(1, 3)
    )
    later = st.tuples(st.integers(0, 6), st.integers(0, len(KINDS) - 1), st.integers(0, 400))
    return st.builds(told, first, st.lists(later, max_size=most))


def played(story: Story, now: datetime | None = None) -> Timeline:
    return play(story, PLANS, RULES, now or story.facts[-1].at)


def by_key(timeline: Timeline) -> Mapping[tuple[Target, int], Clock]:
    return {(each.target, each.cycle): each for each in timeline.clocks}


def hours_of(clock: Clock) -> Hours:
    if clock.calendar_id is None:
        return WALL
    return ROUND_THE_CLOCK if clock.calendar_id == 9 else OFFICE
