"""Reading a rule from the fields of a form, with every problem under the name of its field."""

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from rtpy.content.recurring import NTH, Every, Rule
from rtpy.errors import Invalid, Problem

MOST_INTERVAL = 366
MOST_TIMES = 10_000


def read_rule(values: Mapping[str, str], today: date) -> Rule:
    """Fields: every, interval, weekdays (numbers between commas, 0 is Monday), by (`day` or `weekday`), day, nth,
    weekday, month, start, at, zone, end (`never`, `until` or `count`), until, count. Raises Invalid.
    """
    problems: list[Problem] = []

    def number(name: str, least: int, most: int, usual: int) -> int:
        given = values.get(name, "").strip()
        if not given:
            return usual
        if given.lstrip("-").isdecimal() and len(given) < 9 and least <= int(given) <= most:
            return int(given)
        problems.append(Problem(name, f"Write a whole number from {least} to {most}, not “{given[:20]}”."))
        return usual

    every = values.get("every", "week")
    if every not in tuple(Every):
        problems.append(Problem("every", "Choose day, week, month or year."))
        every = "week"
    start = _day(values, "start", problems) or today
    ends = values.get("end", "never")
    until = _day(values, "until", problems) if ends == "until" else None
    if ends == "until" and until is None and not values.get("until", "").strip():
        problems.append(Problem("until", "Write the last day, such as 2027-12-31."))
    if until is not None and until < start:
        problems.append(Problem("until", "The end lies before the start."))
    count = number("count", 1, MOST_TIMES, 0) if ends == "count" else 0
    if ends == "count" and not values.get("count", "").strip():
        problems.append(Problem("count", "Write how many times."))
    by_weekday = values.get("by") == "weekday" and every in ("month", "year")
    nth = number("nth", -1, 4, 1) if by_weekday else 0
    if by_weekday and nth not in NTH:
        problems.append(Problem("nth", "Choose first, second, third, fourth or last."))
    weekdays = (number("weekday", 0, 6, 0),) if by_weekday else read_weekdays(values, problems)
    rule = Rule(
        every=Every(every),
        start=start,
        at=read_time(values, problems),
        zone=read_zone(values, problems),
        interval=number("interval", 1, MOST_INTERVAL, 1),
        weekdays=weekdays if by_weekday or every == "week" else (),
        day=number("day", 1, 31, start.day) if every in ("month", "year") and not by_weekday else 0,
        nth=nth,
        month=number("month", 1, 12, start.month) if every == "year" else 0,
        until=until,
        count=count or None,
    )
    if problems:
        raise Invalid(*problems)
    return rule


def rule_values(rule: Rule) -> dict[str, str]:
    """The fields from which `read_rule` reads this rule."""
    values = {
        "every": rule.every.value,
        "interval": str(rule.interval),
        "start": rule.start.isoformat(),
        "at": rule.at.strftime("%H:%M"),
        "zone": rule.zone,
        "end": "until" if rule.until else "count" if rule.count else "never",
    }
    if rule.nth:
        values |= {"by": "weekday", "nth": str(rule.nth), "weekday": str(rule.weekdays[0])}
    elif rule.weekdays:
        values["weekdays"] = ",".join(map(str, rule.weekdays))
    if rule.day:
        values["day"] = str(rule.day)
    if rule.month:
        values["month"] = str(rule.month)
    if rule.until:
        values["until"] = rule.until.isoformat()
    if rule.count:
        values["count"] = str(rule.count)
    return values


def read_time(values: Mapping[str, str], problems: list[Problem]) -> time:
    """The field `at`, such as 09:30; 9:00 when it is empty."""
    given = values.get("at", "").strip() or "09:00"
    hour, _, minute = given.partition(":")
    if hour.isdecimal() and minute.isdecimal() and len(given) <= 5 and int(hour) < 24 and int(minute) < 60:
        return time(int(hour), int(minute))
    problems.append(Problem("at", f"“{given[:20]}” is no time of day: write 09:30."))
    return time(9)


def read_zone(values: Mapping[str, str], problems: list[Problem]) -> str:
    """The field `zone`, an IANA name; UTC when it is empty."""
    given = values.get("zone", "").strip() or "UTC"
    found = zones().get(given.lower())
    if found is None:
        problems.append(Problem("zone", f"“{given[:40]}” is no time zone: write for example Europe/Vienna."))
        return "UTC"
    return found


def read_weekdays(values: Mapping[str, str], problems: list[Problem]) -> tuple[int, ...]:
    """The field `weekdays`."""
    given = [each.strip() for each in values.get("weekdays", "").split(",") if each.strip()]
    if any(each not in ("0", "1", "2", "3", "4", "5", "6") for each in given):
        problems.append(Problem("weekdays", "Choose days from Monday to Sunday."))
        return ()
    return tuple(sorted({int(each) for each in given}))


@lru_cache(maxsize=1)
def zones() -> Mapping[str, str]:
    """All time zones of this machine by folded name."""
    return {name.lower(): name for name in available_timezones() if _is_zone(name)}


def _is_zone(name: str) -> bool:
    if name.startswith(("posix/", "right/")) or name in ("localtime", "Factory", "posixrules"):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def _day(values: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    given = values.get(name, "").strip()
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        problems.append(Problem(name, f"“{given[:20]}” is no day: write it as 2026-03-31."))
        return None
    if not 2000 <= day.year < 2100:
        problems.append(Problem(name, "Choose a day between the years 2000 and 2099."))
        return None
    return day
