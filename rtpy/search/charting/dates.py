"""Grouping by dates: the steps of a calendar, one after the other without a gap, and parts such as the weekday."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast

from rtpy.search.charting.dimension import Dimension, Group, Key, equals
from rtpy.search.compiling.dates import date_part, moment_of
from rtpy.search.fields.field import Asking, CannotSearch, SearchField
from rtpy.search.language.tree import Both, Name, Node, Operator, Term

STEPS = {
    "Hourly": "hours",
    "Daily": "days",
    "Weekly": "weeks",
    "Monthly": "months",
    "Quarterly": "quarters",
    "Annually": "years",
}
"""Those that follow each other, and what several of them are called."""
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PARTS: dict[str, tuple[int, ...]] = {
    "DayOfWeek": (1, 2, 3, 4, 5, 6, 0),
    "Hour": tuple(range(24)),
    "DayOfMonth": tuple(range(1, 32)),
    "Month": tuple(range(1, 13)),
    "WeekOfYear": tuple(range(1, 54)),
}
"""Those that come again and again, in their order."""
_SAME = {"date": "Daily", "day": "DayOfMonth", "year": "Annually", "": "Daily"}
_KNOWN = {each.lower(): each for each in (*STEPS, *PARTS)} | _SAME


def date_dimension(asking: Asking, field: SearchField, name: Name) -> Dimension:
    """By a step or a part of a date; by days where nothing is said. Raises CannotSearch."""
    part = _KNOWN.get(name.path[0].lower() if name.path else "") if len(name.path) < 2 else None
    if part is None:
        raise CannotSearch(
            f"Nothing can be grouped by {'.'.join((name.head, *name.path))[:60]}; behind {field.name} goes one of "
            f"{', '.join((*STEPS, *PARTS))}."
        )
    column: Any = field.column
    is_sqlite = asking.work.db.get_bind().dialect.name == "sqlite"
    key = date_part(column, part, asking.zone, is_sqlite=is_sqlite)
    none = Term(Name(field.name), Operator.IS, None)
    at = Name(field.name, (part,))
    if part in PARTS:
        places = {each: place for place, each in enumerate(PARTS[part])}
        return Dimension(
            f"{field.name} ({_SAID[part]})",
            key,
            lambda keys, _samples: {
                each: Group(_part_label(part, each), equals(at, _part_value(part, each))) for each in keys
            },
            none,
            order=lambda each: places.get(int(each), 99),
            fixed=PARTS[part],
            none_label="(no date)",
        )
    steps = CalendarSteps(asking, field.name, column, part)
    return Dimension(
        f"{field.name} ({STEPS[part]})",
        cast(key, String) if part == "Annually" else key,
        steps.describe,
        none,
        is_text=True,
        order=lambda each: each,
        steps=steps,
        none_label="(no date)",
    )


_SAID = {
    "DayOfWeek": "weekday",
    "Hour": "hour of the day",
    "DayOfMonth": "day of the month",
    "Month": "month of the year",
    "WeekOfYear": "week of the year",
}


def _part_label(part: str, key: Key) -> str:
    number = int(key)
    if part == "DayOfWeek":
        return DAYS[number]
    if part == "Month":
        return MONTHS[number - 1]
    return f"{number:02}:00" if part == "Hour" else str(number)


def _part_value(part: str, key: Key) -> str | int:
    return _part_label(part, key) if part in ("DayOfWeek", "Month") else int(key)


@dataclass(frozen=True, slots=True)
class CalendarSteps:
    """The steps of one date in the reader's zone; a key is the text that `date_part` gives: 2026-03, 2026-Q1."""

    asking: Asking
    field: str
    column: Any
    part: str

    @property
    def what(self) -> str:
        """Several of them in words."""
        return STEPS[self.part]

    def key_of(self, moment: datetime) -> str:
        """The step in which a moment lies."""
        return _key(self.part, moment.astimezone(self.asking.zone).replace(tzinfo=None))

    def slots(self, first: str, last: str, most: int) -> list[str]:
        """Every step from the first to the last. Of too many those before the last, or before what is soon."""
        end = _begin(self.part, last)
        now = self.asking.work.now.astimezone(self.asking.zone).replace(tzinfo=None)
        if _at_least(self.part, first, end, most):
            soon = _shift(self.part, _begin(self.part, _key(self.part, now)), most // 2)
            end = min(end, soon) if soon >= _begin(self.part, first) else end
        found: list[str] = []
        at = end
        while len(found) < most and at >= _begin(self.part, first):
            found.append(_key(self.part, at))
            at = _shift(self.part, at, -1)
        return found[::-1]

    def span(self, first: str, last: str) -> tuple[datetime, datetime, Node]:
        """Where the first begins and the last ends, and the condition that means just that."""
        begin = _written(_begin(self.part, first))
        end = _written(_shift(self.part, _begin(self.part, last), 1))
        return (
            moment_of(self.asking, begin).start,
            moment_of(self.asking, end).start,
            self._between(begin, end),
        )

    def describe(self, keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        """The groups of steps."""
        return {key: Group(_label(self.part, str(key)), self._node(str(key))) for key in keys}

    def _node(self, key: str) -> Node:
        if self.part == "Hourly":
            return equals(Name(self.field, ("Hourly",)), key)
        if self.part == "Daily":
            return equals(Name(self.field), key)
        begin = _begin(self.part, key)
        return self._between(_written(begin), _written(_shift(self.part, begin, 1)))

    def _between(self, begin: str, end: str) -> Node:
        name = Name(self.field)
        return Both((Term(name, Operator.AT_LEAST, begin), Term(name, Operator.LESS, end)))


def _at_least(part: str, first: str, end: datetime, most: int) -> bool:
    """Are there more than so many steps up to `end`?"""
    return _shift(part, end, -most) >= _begin(part, first)


def _key(part: str, at: datetime) -> str:
    match part:
        case "Hourly":
            return at.strftime("%Y-%m-%d %H")
        case "Weekly":
            return (at - timedelta(days=at.weekday())).strftime("%Y-%m-%d")
        case "Monthly":
            return at.strftime("%Y-%m")
        case "Quarterly":
            return f"{at:%Y}-Q{(at.month + 2) // 3}"
        case "Annually":
            return str(at.year)
        case _:
            return at.strftime("%Y-%m-%d")


def _begin(part: str, key: str) -> datetime:
    """Where a step begins, by the clocks of the zone."""
    match part:
        case "Hourly":
            return datetime.strptime(key, "%Y-%m-%d %H")
        case "Monthly":
            return datetime.strptime(key, "%Y-%m")
        case "Quarterly":
            return datetime(int(key[:4]), int(key[-1]) * 3 - 2, 1)
        case "Annually":
            return datetime(int(key), 1, 1)
        case _:
            return datetime.strptime(key, "%Y-%m-%d")


def _shift(part: str, at: datetime, steps: int) -> datetime:
    if part in ("Hourly", "Daily", "Weekly"):
        hours = {"Hourly": 1, "Daily": 24, "Weekly": 168}[part]
        return at + timedelta(hours=hours * steps)
    months = at.year * 12 + at.month - 1 + steps * {"Monthly": 1, "Quarterly": 3, "Annually": 12}[part]
    return datetime(max(months // 12, 1), months % 12 + 1, 1)


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d") if not at.hour else at.strftime("%Y-%m-%d %H:%M")


def _label(part: str, key: str) -> str:
    at = _begin(part, key)
    match part:
        case "Hourly":
            return f"{at:%Y-%m-%d %H}:00"
        case "Weekly":
            year, week, _ = at.isocalendar()
            return f"{year}-W{week:02}"
        case "Monthly":
            return f"{at:%b %Y}"
        case "Quarterly":
            return f"Q{key[-1]} {at.year}"
        case _:
            return key
