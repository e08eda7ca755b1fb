"""Dates in queries: moments, whole days, and parts of a date such as its weekday."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, String, and_, cast, extract, false, func, literal, or_

from rtpy.db.folding import LocalTime
from rtpy.search.compiling.text import EMPTINESS, ORDER, compare, is_missing, negated
from rtpy.search.compiling.values import number_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, SearchField
from rtpy.search.language.dates import Moment, read_date
from rtpy.search.language.tree import Operator, Term

DATE = (Operator.EQUALS, Operator.DIFFERS, *ORDER, *EMPTINESS)
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def date_field(name: str, column: Any, help: str) -> SearchField:
    """A moment. `=` means the whole day in the reader's zone; the other operators compare the instant.

    A day alone is its beginning. 0 is RT's way to write that there is none.
    """

    def clause(asking: Asking, term: Term) -> ColumnElement[bool]:
        if term.name.path:
            return _part_matches(asking, column, term)
        if term.operator in EMPTINESS:
            return is_missing(column, term.operator)
        moment = moment_of(asking, term.value)
        fits = compare_moment(column, term.operator, moment)
        if term.operator is not Operator.DIFFERS:
            return fits
        return ~fits if moment.is_unset else negated(fits, column)

    def order(_asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        return () if path else (column,)

    return SearchField(name, Kind.DATE, DATE, clause, help, sub_keys=tuple(PARTS), order=order, column=column)


def moment_of(asking: Asking, value: object) -> Moment:
    """The moment that a value names in the reader's zone. Raises CannotSearch."""
    try:
        return read_date(str(value), now=asking.work.now, zone=asking.zone)
    except (ValueError, OverflowError) as error:
        raise CannotSearch(str(error)) from error


def compare_moment(column: Any, operator: Operator, moment: Moment) -> ColumnElement[bool]:
    """A positive clause; for != that of =. A column that is NULL fits only `= 0`."""
    if moment.is_unset:
        return _unset(column, operator)
    if operator in (Operator.EQUALS, Operator.DIFFERS):
        start, end = moment.span
        return and_(column >= start, column < end)
    return compare(column, operator, moment.start)


def _unset(column: Any, operator: Operator) -> ColumnElement[bool]:
    """RT keeps 1970 where there is no date: `Due > 0` are those that have one, `Due = 0` those that have none."""
    if operator is Operator.LESS:
        return false()
    missing = operator in (Operator.EQUALS, Operator.DIFFERS, Operator.AT_MOST)
    clause: ColumnElement[bool] = column.is_(None) if missing else column.is_not(None)
    return clause


# --- parts of a date ---

_Part = Callable[[ColumnElement[Any], bool], ColumnElement[Any]]


def _number(what: str, sign: str) -> _Part:
    """A number out of the local time: on SQLite by its own sign, elsewhere by the name of SQL."""

    def part(local: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
        if is_sqlite:
            return cast(func.strftime(sign, local), Integer)
        return cast(extract(what, local), Integer)

    return part


def _written(sign: str, pattern: str) -> _Part:
    def part(local: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
        return func.strftime(sign, local) if is_sqlite else func.to_char(local, pattern)

    return part


def _iso_week(local: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
    if not is_sqlite:
        return cast(extract("week", local), Integer)
    thursday = func.date(local, "-3 days", "weekday 4")
    return (cast(func.strftime("%j", thursday), Integer) - 1) // literal(7, Integer) + 1


def _week(local: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
    """The Monday of its week."""
    if is_sqlite:
        return func.date(local, "weekday 0", "-6 days")
    return func.to_char(func.date_trunc("week", local), "YYYY-MM-DD")


def _quarter(local: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:
    if not is_sqlite:
        return func.to_char(local, 'YYYY-"Q"Q')
    third = (cast(func.strftime("%m", local), Integer) + 2) // literal(3, Integer)
    return func.strftime("%Y-Q", local).concat(cast(third, String))


_NUMBERS = {
    "Hour": _number("hour", "%H"),
    "DayOfWeek": _number("dow", "%w"),
    "Day": _number("day", "%d"),
    "DayOfMonth": _number("day", "%d"),
    "DayOfYear": _number("doy", "%j"),
    "Month": _number("month", "%m"),
    "Year": _number("year", "%Y"),
    "Annually": _number("year", "%Y"),
    "WeekOfYear": _iso_week,
}
_TEXTS = {
    "Time": _written("%H:%M:%S", "HH24:MI:SS"),
    "Hourly": _written("%Y-%m-%d %H", "YYYY-MM-DD HH24"),
    "Date": _written("%Y-%m-%d", "YYYY-MM-DD"),
    "Daily": _written("%Y-%m-%d", "YYYY-MM-DD"),
    "Weekly": _week,
    "Monthly": _written("%Y-%m", "YYYY-MM"),
    "Quarterly": _quarter,
}
PARTS = {**_NUMBERS, **_TEXTS}
"""What may be asked of a date behind a dot: numbers, and texts such as 2026-03; weeks by their Monday, 2026-Q1."""
_PARTS = {name.lower(): name for name in PARTS}


def date_part(column: Any, part: str, zone: ZoneInfo, *, is_sqlite: bool) -> ColumnElement[Any]:
    """A part of a date as the clocks of a zone show it; `part` is one of PARTS. NULL where the date is."""
    local = column if is_sqlite and zone.key == "UTC" else LocalTime(column, literal(zone.key))
    return PARTS[part](local, is_sqlite)


def _part_matches(asking: Asking, column: Any, term: Term) -> ColumnElement[bool]:
    part = _PARTS.get(term.name.path[0].lower()) if len(term.name.path) == 1 else None
    if part is None:
        raise CannotSearch(
            f"“{'.'.join(term.name.path)[:40]}” is no part of a date; behind {term.name.head} goes one of "
            f"{', '.join(PARTS)}."
        )
    if term.operator in EMPTINESS:
        return is_missing(column, term.operator)
    is_sqlite = asking.work.db.get_bind().dialect.name == "sqlite"
    value: object = _part_number(part, term.value) if part in _NUMBERS else str(term.value).strip()
    fits = compare(date_part(column, part, asking.zone, is_sqlite=is_sqlite), term.operator.positive, value)
    return or_(column.is_(None), ~fits) if term.operator.is_negative else fits


def _part_number(part: str, value: object) -> int:
    word = str(value).strip().lower()
    names = {"DayOfWeek": _DAYS, "Month": _MONTHS}.get(part, ())
    found = [at for at, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    if len(found) == 1:
        return found[0] + (part == "Month")
    if names and not word.lstrip("+-").isdigit():
        raise CannotSearch(f"“{str(value)[:40]}” is none of {', '.join(names).title()}, and no number.")
    return max(-(2**31), min(2**31 - 1, number_of(value, part)))
