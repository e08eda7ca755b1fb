"""Lengths of time in words: `3 days`, `an hour`, `1 week 2 days`, `1h30m`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rtpy.search.language.calendar_words import later_by_months

_MONTHS = {"month": 1, "mo": 1, "quarter": 3, "year": 12, "yr": 12, "y": 12}
_DAYS = {"day": 1, "d": 1, "week": 7, "wk": 7, "w": 7, "fortnight": 14}
_SECONDS = {
    "second": 1,
    "sec": 1,
    "s": 1,
    "minute": 60,
    "min": 60,
    "m": 60,
    "hour": 3600,
    "hr": 3600,
    "h": 3600,
}
_NUMBERS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True),
    a=1,
    an=1,
)


@dataclass(frozen=True, slots=True)
class Length:
    """How long: months and days go by the calendar, seconds by the clock."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def has_time(self) -> bool:
        """Is there more than whole days?"""
        return self.seconds != 0

    def days_from(self, day: date, sign: int) -> date:
        """The day so many months and days later, or earlier with `sign` -1."""
        later = later_by_months(day, sign * self.months) if self.months else day
        return later + timedelta(days=sign * self.days)


def read_length(words: str) -> Length | None:
    """The length that the words mean, None when they mean none. At most five parts: `2 days and 3 hours`."""
    if not _LENGTH.fullmatch(words):
        return None
    months = days = seconds = 0
    for number, unit in _PART.findall(words):
        count = int(number) if number.isdigit() else _NUMBERS[number]
        months += count * _MONTHS.get(unit, 0)
        days += count * _DAYS.get(unit, 0)
        seconds += count * _SECONDS.get(unit, 0)
    return Length(months, days, seconds)


_UNITS = "|".join(sorted((*_MONTHS, *_DAYS, *_SECONDS), key=len, reverse=True))
_ONE = rf"((?:{'|'.join(_NUMBERS)})(?= )|\d{{1,9}}) ?({_UNITS})s?(?![a-z])"
_PART = re.compile(_ONE, re.ASCII)
_LENGTH = re.compile(rf"{_ONE}(?:(?: and)? ?{_ONE}){{0,4}}", re.ASCII)
