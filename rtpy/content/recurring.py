"""What comes again and again: rules such as “every second Friday at 9:00 in Vienna”, and the moments they give."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

LAST = -1
"""As `nth`: the last such weekday of the month."""
LATEST = 2200
"""No rule gives a day in this year or later."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}


class Every(StrEnum):
    """The period of a rule."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: from `start` on, every `interval` periods, at `at` by the clock of `zone` (an IANA name).

    Weekly on `weekdays` (0 is Monday; none: the weekday of the start). Monthly and yearly on `day` of the month (0: the
    start's), the last day where the month is shorter; or with `nth` (1 to 4, LAST) on the nth of `weekdays[0]`.
    Yearly in `month` (0: the start's). It ends after the day `until`, or after `count` days.
    """

    every: Every
    start: date
    at: time = time(9)
    zone: str = "UTC"
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    day: int = 0
    nth: int = 0
    month: int = 0
    until: date | None = None
    count: int | None = None


def days_of(rule: Rule) -> Iterator[date]:
    """The days of a rule in order."""
    given = 0
    for day in _candidates(rule):
        if rule.until is not None and day > rule.until:
            return
        if day >= rule.start:
            given += 1
            yield day
            if rule.count is not None and given >= rule.count:
                return


def moment_on(rule: Rule, day: date) -> datetime:
    """The moment on that day, in UTC.

    A time that the clocks skip comes as much later as they skip; of a time that they show twice the first counts.
    """
    return datetime.combine(day, rule.at, ZoneInfo(rule.zone)).astimezone(UTC)


def moments_after(rule: Rule, after: datetime) -> Iterator[datetime]:
    """The moments later than `after`, in UTC."""
    for day in days_of(rule):
        moment = moment_on(rule, day)
        if moment > after:
            yield moment


def next_moment(rule: Rule, after: datetime) -> datetime | None:
    """The first moment later than `after`; None when the rule has ended."""
    return next(moments_after(rule, after), None)


def preview(rule: Rule, after: datetime, number: int = 10) -> tuple[datetime, ...]:
    """The next moments."""
    return tuple(islice(moments_after(rule, after), number))


def count_between(rule: Rule, after: datetime, until: datetime) -> int:
    """How many moments lie after the one and not after the other."""
    found = 0
    for moment in moments_after(rule, after):
        if moment > until:
            break
        found += 1
    return found


def plain_rule(rule: Rule) -> dict[str, object]:
    """The rule as plain values, for the database and for files."""
    found: dict[str, object] = {
        "every": rule.every.value,
        "start": rule.start.isoformat(),
        "at": rule.at.strftime("%H:%M"),
        "zone": rule.zone,
        "interval": rule.interval,
    }
    if rule.weekdays:
        found["weekdays"] = list(rule.weekdays)
    found |= {name: value for name in ("day", "nth", "month") if (value := getattr(rule, name))}
    if rule.until is not None:
        found["until"] = rule.until.isoformat()
    if rule.count is not None:
        found["count"] = rule.count
    return found


def rule_of(plain: Mapping[str, Any]) -> Rule:
    """The opposite of `plain_rule`."""
    until = plain.get("until")
    return Rule(
        every=Every(plain["every"]),
        start=date.fromisoformat(plain["start"]),
        at=time.fromisoformat(plain["at"]),
        zone=plain["zone"],
        interval=plain["interval"],
        weekdays=tuple(plain.get("weekdays", ())),
        day=plain.get("day", 0),
        nth=plain.get("nth", 0),
        month=plain.get("month", 0),
        until=date.fromisoformat(until) if until else None,
        count=plain.get("count"),
    )


def describe_rule(rule: Rule) -> str:
    """The rule in words: `every 2 weeks on Monday and Friday at 09:00 (Europe/Vienna)`."""
    unit = f"every {rule.every}" if rule.interval == 1 else f"every {rule.interval} {rule.every}s"
    when = ""
    if rule.every is Every.WEEK:
        days = [WEEKDAYS[each] for each in sorted(rule.weekdays) or [rule.start.weekday()]]
        when = f" on {days[0]}" if len(days) == 1 else f" on {', '.join(days[:-1])} and {days[-1]}"
    elif rule.every in (Every.MONTH, Every.YEAR):
        if rule.nth:
            when = f" on the {NTH[rule.nth]} {WEEKDAYS[rule.weekdays[0]]}"
        else:
            when = f" on day {rule.day or rule.start.day}"
        if rule.every is Every.YEAR:
            when += f" of {calendar.month_name[rule.month or rule.start.month]}"
    end = f", until {rule.until.isoformat()}" if rule.until else ""
    end += f", {rule.count} times" if rule.count else ""
    return f"{unit}{when} at {rule.at:%H:%M} ({rule.zone}){end}"


def _candidates(rule: Rule) -> Iterator[date]:
    """The days of all periods from the start's period on; the first may lie before the start."""
    if rule.every is Every.DAY:
        step, day = timedelta(days=rule.interval), rule.start
        while day.year < LATEST:
            yield day
            day += step
    elif rule.every is Every.WEEK:
        monday = rule.start - timedelta(days=rule.start.weekday())
        weekdays = sorted(set(rule.weekdays)) or [rule.start.weekday()]
        while monday.year < LATEST:
            yield from (monday + timedelta(days=weekday) for weekday in weekdays)
            monday += timedelta(weeks=rule.interval)
    else:
        yearly = rule.every is Every.YEAR
        month = (rule.month if yearly and rule.month else rule.start.month) - 1
        number = rule.start.year * 12 + month
        while number // 12 < LATEST:
            yield _in_month(rule, number // 12, number % 12 + 1)
            number += rule.interval * (12 if yearly else 1)


def _in_month(rule: Rule, year: int, month: int) -> date:
    first, length = calendar.monthrange(year, month)
    if not rule.nth:
        return date(year, month, min(rule.day or rule.start.day, length))
    day = 1 + (rule.weekdays[0] - first) % 7
    days = range(day, length + 1, 7)
    return date(year, month, days[-1] if rule.nth == LAST else days[rule.nth - 1])
