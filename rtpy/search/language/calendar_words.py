"""Days, weeks, months, quarters and years in words, as periods of the calendar: `yesterday`, `March 2026`."""

import re
from calendar import month_name, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1900, 2999


class NoSuchDay(ValueError):
    """A date that the calendar does not have; `str()` is the reason in words."""


class Unit(StrEnum):
    """The periods that have names."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` up to `after`, which is not in it any more."""

    first: date
    after: date

    @property
    def is_day(self) -> bool:
        """Is it one day?"""
        return self.after - self.first == timedelta(days=1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(month_name[number].lower() for number in range(1, 13))

_ANY_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_WEEKDAY = f"({_ANY_WEEKDAY})"
_MONTH = "(" + "|".join([*MONTHS, *(month[:3] for month in MONTHS), "sept"]) + r")\.?"
_UNIT = "(day|week|month|quarter|year)"
_NTH = r"(\d{1,2})(?:st|nd|rd|th|\.)?"
_STEPS = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "": 0}
_STEP = "(last|previous|past|this|current|next|coming)"
_DAYS = {
    "today": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "day before yesterday": -2,
    "day after tomorrow": 2,
}


def read_period(words: str, today: date, *, day_first: bool = True) -> Period | None:
    """The period that the words mean, seen from `today`; None when they mean none.

    `words` are in lower case with single blanks. A weekday alone is that of this week (Monday is its first day), with
    `last` the latest before today, with `next` the first after today. Raises NoSuchDay for 30 February and the like.
    """
    words = re.sub(r"\bthe ", "", words)
    if words in _DAYS:
        return _days(today, _DAYS[words])
    for pattern, read in _PATTERNS:
        if matched := pattern.fullmatch(words):
            parts = [part or "" for part in matched.groups()]
            return read(parts, today, day_first)
    return None


def period_of(unit: Unit, today: date, step: int = 0) -> Period:
    """The day, week, month, quarter or year that holds `today`, or one `step` units away."""
    if unit is Unit.DAY:
        return _days(today, step)
    if unit is Unit.WEEK:
        monday = today - timedelta(days=today.weekday())
        return Period(monday + timedelta(weeks=step), monday + timedelta(weeks=step + 1))
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}[unit]
    number = (today.year * 12 + today.month - 1) // months + step
    return Period(_first_of(number * months), _first_of((number + 1) * months))


def later_by_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a shorter month."""
    first = _first_of(day.year * 12 + day.month - 1 + months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _first_of(months: int) -> date:
    """The first day of a month, which is counted from year 0."""
    year, month = divmod(months, 12)
    return _date(year, month + 1, 1)


def _date(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR + 1:
        raise NoSuchDay(f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    if not 1 <= month <= 12:
        raise NoSuchDay("months go from 1 to 12")
    if not 1 <= day <= monthrange(year, month)[1]:
        raise NoSuchDay(f"{month_name[month]} {year} has {monthrange(year, month)[1]} days")
    return date(year, month, day)


def _days(day: date, step: int = 0) -> Period:
    return Period(day + timedelta(days=step), day + timedelta(days=step + 1))


def _month(name: str) -> int:
    return next(at for at, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _weekday(name: str) -> int:
    return next(at for at, day in enumerate(WEEKDAYS) if day.startswith(name[:3]))


def _year(written: str, today: date) -> int:
    if not written:
        return today.year
    year = int(written)
    return year + (2000 if year < 70 else 1900) if len(written) == 2 else year


def _iso_day(parts: list[str], today: date, day_first: bool) -> Period:
    year, month, day = map(int, parts)
    return _days(_date(year, month, day))


def _numbers(parts: list[str], today: date, day_first: bool) -> Period:
    day, sign, month, year = int(parts[0]), parts[1], int(parts[2]), _year(parts[3], today)
    is_other_way = not day_first and sign != "."  # with dots the day is always the first
    if is_other_way:
        day, month = month, day
    if month > 12 and day <= 12 and sign == "/":  # can only be meant the other way round
        day, month = month, day
    return _days(_date(year, month, day))


def _iso_month(parts: list[str], today: date, day_first: bool) -> Period:
    return period_of(Unit.MONTH, _date(int(parts[0]), int(parts[1]), 1))


def _whole_year(parts: list[str], today: date, day_first: bool) -> Period:
    return period_of(Unit.YEAR, _date(int(parts[0]), 1, 1))


def _iso_week(parts: list[str], today: date, day_first: bool) -> Period:
    year, week, day = int(parts[0]), int(parts[1]), int(parts[2] or 1)
    _date(year, 1, 1)
    last = date(year, 12, 28).isocalendar().week
    if not 1 <= week <= last:
        raise NoSuchDay(f"the weeks of {year} go from 1 to {last}")
    first = date.fromisocalendar(year, week, day)
    return _days(first) if parts[2] else period_of(Unit.WEEK, first)


def _quarter(parts: list[str], today: date, day_first: bool) -> Period:
    year, quarter = _year(parts[0], today), int(parts[1])
    return period_of(Unit.QUARTER, _date(year, quarter * 3, 1))


def _quarter_of_year(parts: list[str], today: date, day_first: bool) -> Period:
    return _quarter(parts[::-1], today, day_first)


def _day_of_month(parts: list[str], today: date, day_first: bool) -> Period:
    return _days(_date(_year(parts[2], today), _month(parts[1]), int(parts[0])))


def _month_and_day(parts: list[str], today: date, day_first: bool) -> Period:
    return _day_of_month([parts[1], parts[0], parts[2]], today, day_first)


def _month_of_year(parts: list[str], today: date, day_first: bool) -> Period:
    return period_of(Unit.MONTH, _date(_year(parts[1], today), _month(parts[0]), 1))


def _near_month(parts: list[str], today: date, day_first: bool) -> Period:
    """`last March`: the latest March before this month; `next March`: the first after it."""
    month, step = _month(parts[1]), _STEPS[parts[0]]
    year = today.year
    if step < 0 and month >= today.month:
        year -= 1
    elif step > 0 and month <= today.month:
        year += 1
    return period_of(Unit.MONTH, _date(year, month, 1))


def _near_weekday(parts: list[str], today: date, day_first: bool) -> Period:
    step = _STEPS[parts[0]]
    away = _weekday(parts[1]) - today.weekday()
    if step < 0 and away >= 0:
        away -= 7
    elif step > 0 and away <= 0:
        away += 7
    return _days(today, away)


def _weekday_of_week(parts: list[str], today: date, day_first: bool) -> Period:
    week = period_of(Unit.WEEK, today, _STEPS[parts[1]])
    return _days(week.first, _weekday(parts[0]))


def _near_unit(parts: list[str], today: date, day_first: bool) -> Period:
    return period_of(Unit(parts[1]), today, _STEPS[parts[0]])


Reading = Callable[[list[str], date, bool], Period]

_PATTERNS: tuple[tuple[re.Pattern[str], Reading], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", _iso_day),
        (r"(\d{4})(\d{2})(\d{2})", _iso_day),
        (r"(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4}|\d{2})", _numbers),
        (r"(\d{1,2})(/)(\d{1,2})()", _numbers),
        (r"(\d{4})-(\d{1,2})", _iso_month),
        (r"(\d{4})", _whole_year),
        (r"(\d{4})-?w(\d{1,2})(?:-([1-7]))?", _iso_week),
        (r"(?:(\d{4})[ /-]?)?q([1-4])", _quarter),
        (r"q([1-4])[ /-]?(\d{4})", _quarter_of_year),
        (rf"(?:{_ANY_WEEKDAY} )?{_NTH}[ -](?:of )?{_MONTH}(?:[ -](\d{{4}}))?", _day_of_month),
        (rf"(?:{_ANY_WEEKDAY} )?{_MONTH}[ -]{_NTH}(?:[ -](\d{{4}}))?", _month_and_day),
        (rf"{_MONTH}(?:[ -](\d{{4}}))?", _month_of_year),
        (rf"{_STEP} {_MONTH}", _near_month),
        (rf"(?:{_STEP} )?{_WEEKDAY}", _near_weekday),
        (rf"{_WEEKDAY} (?:of )?{_STEP} week", _weekday_of_week),
        (rf"(?:{_STEP} )?{_UNIT}", _near_unit),
    )
)
