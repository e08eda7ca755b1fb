"""When steps are due: percent and time, pauses, days, dates, and grace after sleep."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.ladder import Quiet, Step, due_steps, next_step

DAY = (Span(9 * 60, 17 * 60),)
OFFICE = OpenHours([(None, 1, Calendar(1, "Office", "Europe/Berlin", (DAY,) * 5 + ((),) * 2))])
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """A moment of the wall clock in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


FRIDAY = at("2026-11-20T16:00")
CLOCK = Clock(
    target=Target.FIRST_RESPONSE,
    cycle=1,
    state=State.RUNNING,
    started=FRIDAY,
    started_by=1,
    due=at("2026-11-23T12:00"),
    amount=4 * 3600,
    unit="business",
    used=0,
    left=None,
    paused=0,
    ended=None,
    ended_by=None,
    missed=None,
    plan_version_id=1,
    calendar_id=1,
    calendar_versions=(1,),
    since=FRIDAY,
)
HALF = Step("half", percent=50)
SOON = Step("soon", seconds=-1800)
DUE = Step("due", percent=100)
LATE = Step("late", seconds=7200)


@pytest.mark.parametrize(
    ("step", "changes", "moment"),
    [
        (HALF, {}, "2026-11-23T10:00"),
        (SOON, {}, "2026-11-23T11:30"),
        (DUE, {}, "2026-11-23T12:00"),
        (LATE, {}, "2026-11-23T14:00"),
        (Step("begin", percent=0), {}, "2026-11-20T16:00"),
        (Step("long before", seconds=-86_400), {}, "2026-11-20T16:00"),
        (Step("much later", percent=400), {}, "2026-11-24T16:00"),
        # an hour had counted when it went on on Tuesday
        (HALF, {"used": 3600, "since": at("2026-11-24T09:00"), "paused": 9}, "2026-11-24T10:00"),
        # more than half had counted already
        (HALF, {"used": 10_000, "since": at("2026-11-24T09:00"), "paused": 9}, "2026-11-24T09:00"),
        # every second counts, whatever the calendar says
        (HALF, {"unit": "wall", "due": FRIDAY + timedelta(hours=4)}, "2026-11-20T18:00"),
        # the close of Tuesday: an hour on Friday, eight on Monday, eight on Tuesday
        (HALF, {"unit": "days", "amount": 2, "due": at("2026-11-24T17:00")}, "2026-11-23T16:30"),
        (DUE, {"unit": "days", "amount": 2, "due": at("2026-11-24T17:00")}, "2026-11-24T17:00"),
        # missed long ago and still running: what comes after is counted from the term, not from now
        (LATE, {"missed": at("2026-11-23T12:00")}, "2026-11-23T14:00"),
        (DUE, {"amount": 0, "due": FRIDAY}, "2026-11-20T16:00"),
    ],
)
def test_a_step_is_due_when_so_much_has_counted(step, changes, moment):
    (due,) = due_steps([step], replace(CLOCK, **changes), OFFICE, ())
    assert due.at == at(moment)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.PAUSED, "due": None, "left": 100, "since": None},
        {"state": State.ENDED, "since": None},
        {"state": State.STOPPED, "since": None},
        {"amount": None, "due": None},
    ],
)
def test_what_does_not_run_or_has_no_term_takes_no_step(changes):
    assert next_step([HALF, DUE], replace(CLOCK, **changes), OFFICE, ()) is None


def test_the_first_comes_first_and_each_once():
    steps = [LATE, DUE, HALF]
    assert [due.step.key for due in due_steps(steps, CLOCK, OFFICE, ())] == ["half", "due", "late"]
    first = next_step(steps, CLOCK, OFFICE, {"half", "due"})
    assert first is not None
    assert first.step is LATE
    assert next_step(steps, CLOCK, OFFICE, {"half", "due", "late"}) is None


def test_at_the_same_moment_the_order_of_the_ladder_holds():
    twins = [Step("b", percent=100), Step("a", seconds=0)]
    assert [due.step.key for due in due_steps(twins, CLOCK, OFFICE, ())] == ["b", "a"]


def test_a_step_for_other_targets_is_not_taken():
    step = replace(DUE, targets=frozenset({Target.RESOLUTION}))
    assert next_step([step], CLOCK, OFFICE, ()) is None
    assert next_step([step], replace(CLOCK, target=Target.RESOLUTION), OFFICE, ()) is not None


def test_who_wakes_a_ticket_into_breach_has_a_moment():
    woken = replace(CLOCK, used=20_000, since=at("2026-11-24T16:50"), paused=50_000)
    first = next_step([DUE], woken, OFFICE, (), grace=1800)
    assert first is not None
    assert first.at == at("2026-11-25T09:20")  # ten minutes on Tuesday, twenty on Wednesday
    never_slept = replace(CLOCK, used=0, since=FRIDAY)
    assert next_step([HALF], never_slept, OFFICE, (), grace=1800) == next_step(
        [HALF], never_slept, OFFICE, ()
    )


def test_a_calendar_that_ends_has_no_further_steps():
    closed = OpenHours([(None, 1, Calendar(1, "Closed", "UTC", ((),) * 7))])
    assert due_steps([LATE], CLOCK, closed, ()) == []


@pytest.mark.parametrize(
    ("now", "priority", "until"),
    [
        ("2026-11-20T23:30", 0, "2026-11-21T07:00"),
        ("2026-11-21T03:00", 0, "2026-11-21T07:00"),
        ("2026-11-21T07:00", 0, "2026-11-21T07:00"),
        ("2026-11-20T12:00", 0, "2026-11-20T12:00"),
        ("2026-11-20T23:30", 90, "2026-11-20T23:30"),
        ("2026-10-25T01:00", 0, "2026-10-25T07:00"),  # the night that is an hour longer
    ],
)
def test_mails_wait_until_the_quiet_hours_end(now, priority, until):
    quiet = Quiet(time(22), time(7), from_priority=80)
    assert quiet.until(at(now), BERLIN, priority) == at(until)


def test_quiet_hours_may_lie_within_a_day():
    quiet = Quiet(time(12), time(13))
    assert quiet.until(at("2026-11-20T12:30"), BERLIN, 99) == at("2026-11-20T13:00")
    assert quiet.until(at("2026-11-20T13:30"), BERLIN, 99) == at("2026-11-20T13:30")
