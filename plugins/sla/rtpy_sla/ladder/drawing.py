"""A ladder laid along a line of time, for one example clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.plan import Hours, Term
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import State, Target, Unit
from rtpy_sla.ladder.due import due_steps
from rtpy_sla.ladder.step import Step

WIDTH, LEFT, RIGHT = 480, 16, 464
APART = 18
"""Marks that are closer than this stand above each other."""
FRIDAY, FOUR = 4, time(16)


@dataclass(frozen=True, slots=True)
class Mark:
    """One step on the line: its number in the ladder, where it stands, in which row, and when it would be taken."""

    number: int
    step: Step
    x: float
    row: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """The whole drawing. `passed` are the numbers of steps that this clock does not take."""

    start: datetime
    due: datetime | None
    due_x: float
    end_x: float
    marks: tuple[Mark, ...]
    passed: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many rows of marks there are."""
        return max((mark.row for mark in self.marks), default=0) + 1


def example_start(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Friday at 16:00 in the zone: most of what goes wrong with hours shows there."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(FRIDAY - local.weekday()) % 7)
    return datetime.combine(day, FOUR, zone).astimezone(now.tzinfo)


def example_clock(target: Target, term: Term, start: datetime, hours: Hours) -> Clock:
    """A clock that starts then and never stops. Raises ValueError for hours in which it would never be due."""
    counted = WALL if term.unit is Unit.WALL else hours
    days = term.unit is Unit.DAYS
    due = counted.end_of_day(start, term.amount) if days else counted.after(start, term.amount)
    return Clock(
        target=target,
        cycle=1,
        state=State.RUNNING,
        started=start,
        started_by=0,
        due=due,
        amount=term.amount,
        unit=term.unit.value,
        used=0,
        left=None,
        paused=0,
        ended=None,
        ended_by=None,
        missed=None,
        plan_version_id=0,
        calendar_id=None,
        calendar_versions=(),
        since=start,
    )


def draw_line(steps: Sequence[Step], clock: Clock, hours: Hours) -> Line:
    """Where the steps of the ladder stand for this clock, by the time that it counts."""
    counted = WALL if clock.unit == Unit.WALL else hours
    ever = [replace(step, added=None) for step in steps]
    coming = due_steps(ever, clock, hours, ())
    start, due = clock.started, clock.due
    term = counted.between(start, due) if due is not None else 0
    places = [(found, counted.between(start, found.at)) for found in coming]
    longest = max(term, *(place for _, place in places), 1) if places else max(term, 1)
    scale = (RIGHT - LEFT) / (longest * 1.04)
    marks: list[Mark] = []
    last: dict[int, float] = {}
    for found, place in places:
        x = round(LEFT + place * scale, 1)
        row = next(row for row in range(len(places) + 1) if x - last.get(row, -APART) >= APART)
        last[row] = x
        marks.append(Mark(found.order + 1, steps[found.order], x, row, found.at))
    taken = {mark.number for mark in marks}
    return Line(
        start,
        due,
        round(LEFT + term * scale, 1),
        RIGHT,
        tuple(marks),
        tuple(number for number in range(1, len(steps) + 1) if number not in taken),
    )
