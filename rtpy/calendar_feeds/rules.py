"""Rules by which events of files repeat (RRULE of RFC 5545), as far as holidays need them."""

import re
from datetime import date

from rtpy.content.recurring import LAST, Every, Rule

EVERY = {"DAILY": Every.DAY, "WEEKLY": Every.WEEK, "MONTHLY": Every.MONTH, "YEARLY": Every.YEAR}
DAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
KNOWN = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
)
MOST = 10_000


class CannotRepeat(Exception):
    """The rule is beyond us."""


def read_rule(text: str, start: date) -> Rule:
    """`FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO` from a first day on. Raises CannotRepeat for rarer rules."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";")[:20] if part)
    if set(parts) - KNOWN:
        raise CannotRepeat
    every = EVERY.get(parts.get("FREQ", ""))
    if every is None:
        raise CannotRepeat
    interval = _number(parts, "INTERVAL", 1)
    count = _number(parts, "COUNT", 1) if "COUNT" in parts else None
    until = _until(parts["UNTIL"]) if "UNTIL" in parts else None
    month = _number(parts, "BYMONTH", start.month)
    day = _number(parts, "BYMONTHDAY", 0)
    nth, weekdays = _by_day(parts)
    if month > 12 or (month != start.month and every is not Every.YEAR) or day > 31:
        raise CannotRepeat
    if every in (Every.DAY, Every.WEEK) and (day or nth or "BYMONTH" in parts):
        raise CannotRepeat
    if every is Every.DAY and weekdays:
        raise CannotRepeat
    if every in (Every.MONTH, Every.YEAR):
        if bool(weekdays) != bool(nth) or (nth and (day or len(weekdays) > 1)):
            raise CannotRepeat
        if every is Every.YEAR and nth and "BYMONTH" not in parts:
            raise CannotRepeat  # the nth of the whole year
        if not nth and (day or start.day) > 28:
            day = _end_of_month(every, day or start.day, month)
    return Rule(
        every=every,
        start=start,
        interval=interval,
        weekdays=weekdays,
        day=0 if nth else day,
        nth=nth,
        month=month if every is Every.YEAR else 0,
        until=until,
        count=count,
    )


def _end_of_month(every: Every, day: int, month: int) -> int:
    """A day that every period has: where one has not, such a rule leaves it out, which ours cannot."""
    shortest = 28 if every is Every.MONTH or month == 2 else 30 if month in (4, 6, 9, 11) else 31
    if day > shortest:
        raise CannotRepeat
    return day


def _by_day(parts: dict[str, str]) -> tuple[int, tuple[int, ...]]:
    """Which one of the month (0: each), and of which weekdays."""
    if "BYDAY" not in parts:
        if "BYSETPOS" in parts:
            raise CannotRepeat
        return 0, ()
    found = [re.fullmatch(r"([+-]?[1-5])?([A-Z]{2})", each) for each in parts["BYDAY"].split(",")]
    if not all(each is not None and each[2] in DAYS for each in found):
        raise CannotRepeat
    numbers = {int(each[1]) for each in found if each is not None and each[1]}
    if "BYSETPOS" in parts:
        if numbers or not re.fullmatch(r"[+-]?[1-4]", parts["BYSETPOS"]):
            raise CannotRepeat
        numbers = {int(parts["BYSETPOS"])}
    if len(numbers) > 1 or numbers - {1, 2, 3, 4, LAST}:
        raise CannotRepeat
    return next(iter(numbers), 0), tuple(sorted(DAYS[each[2]] for each in found if each is not None))


def _number(parts: dict[str, str], name: str, otherwise: int) -> int:
    text = parts.get(name, "")
    if not text:
        return otherwise
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 0 < int(text) <= MOST:
        raise CannotRepeat
    return int(text)


def _until(text: str) -> date:
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?", text, re.ASCII)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise CannotRepeat
