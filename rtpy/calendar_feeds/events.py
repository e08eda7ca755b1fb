"""Reading a file of events as days on which nobody works. Bounded in everything; no network, no database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rtpy.calendar_feeds.rules import CannotRepeat, read_rule
from rtpy.calendars.calendar import DAY, Span, joined
from rtpy.calendars.layers import ALL_DAY, Closing
from rtpy.content.recurring import days_of
from rtpy.mail.calendar_parts import content_lines, read_moment, read_text

LARGEST = 1_000_000
"""Bytes of a file."""
MOST_EVENTS = 3_000
MOST_LINES = 60_000
MOST_TURNS = 300_000
"""Occurrences of all events together that are looked at, and days that they close."""
LONGEST = 370
"""Days that one event lasts at most."""
LONGEST_NAME = 100
TOO_OFTEN = "The events of this file repeat too often for a file of holidays."
ONE_DAY = timedelta(days=1)

Property = tuple[dict[str, str], str]
"""Parameters and value."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: its name, what it closes, and how many of its events repeat in a way that is beyond us."""

    name: str
    days: Mapping[date, Closing]
    unread: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `start` and `end` are on the clock of the calendar's zone."""

    key: str
    name: str
    start: datetime
    end: datetime
    rule: str = ""
    left_out: frozenset[date] = field(default_factory=frozenset)
    further: tuple[date, ...] = ()
    instead_of: date | None = None


def read_events(data: bytes, zone: str, first: date, last: date) -> Read:
    """Days from `first` to `last` that the file closes, in whole or for some hours, by the clock of `zone`.

    All-day events close the day, others their hours; cancelled ones nothing. Whether they mark somebody as busy does
    not matter: files of holidays say no as a rule. An event whose rule is beyond us closes its first day only and is
    counted. ValueError with a sentence for what is no such file, or too much of one.
    """
    if len(data) > LARGEST:
        raise ValueError("The file has more than a megabyte: this is not a file of holidays.")
    title, events = _events(data, ZoneInfo(zone))
    moved: dict[str, set[date]] = {}
    for event in events:
        if event.instead_of is not None:
            moved.setdefault(event.key, set()).add(event.instead_of)
    found: dict[date, tuple[dict[str, None], list[Span]]] = {}
    unread, turns = 0, 0
    for event in events:
        if event.instead_of is None and event.key in moved:
            event = replace(event, left_out=event.left_out | moved[event.key])
        try:
            days = list(_bounded(event, last, MOST_TURNS - turns))
        except CannotRepeat:
            unread, days = unread + 1, [event.start.date()]
        turns += len(days) + 1
        for day in days:
            for on, span in _closed(event, day, first, last):
                turns += 1
                if turns > MOST_TURNS:
                    raise ValueError(TOO_OFTEN)
                names, spans = found.setdefault(on, ({}, []))
                spans.append(span)
                if event.name:
                    names[event.name] = None
    closed = {
        day: Closing(", ".join(names)[:LONGEST_NAME], joined(tuple(spans)))
        for day, (names, spans) in sorted(found.items())
    }
    return Read(title, closed, unread)


def _events(data: bytes, zone: ZoneInfo) -> tuple[str, list[Event]]:
    """The name of the calendar, and its events."""
    title, depth, seen = "", 0, False
    found: list[Event] = []
    fields: dict[str, list[Property]] | None = None
    for name, parameters, value in content_lines(data, MOST_LINES):
        word = value.strip().upper()
        if name == "BEGIN" and word == "VCALENDAR":
            seen = True
        elif name == "X-WR-CALNAME" and fields is None:
            title = read_text(value)[:LONGEST_NAME]
        elif name == "BEGIN" and word == "VEVENT" and fields is None:
            fields, depth = {}, 0
        elif fields is None:
            continue
        elif name == "BEGIN":
            depth += 1  # an alarm
        elif name == "END" and depth:
            depth -= 1
        elif name == "END":
            event = _event(fields, zone)
            found += [event] if event is not None else []
            fields = None
            if len(found) > MOST_EVENTS:
                raise ValueError(
                    f"The file has more than {MOST_EVENTS} events: this is not a file of holidays."
                )
        elif not depth:
            fields.setdefault(name, []).append((parameters, value))
    if not seen:
        raise ValueError("This is no iCalendar file: such a file begins with BEGIN:VCALENDAR.")
    return title, found


def _event(fields: Mapping[str, list[Property]], zone: ZoneInfo) -> Event | None:
    """None for one that is cancelled or has no beginning."""

    def text(name: str) -> str:
        return fields[name][0][1].strip() if name in fields else ""

    start = _local(fields.get("DTSTART", [None])[0], zone)
    if start is None or text("STATUS").upper() == "CANCELLED":
        return None
    is_day = len(text("DTSTART")) == 8
    end = _local(fields.get("DTEND", [None])[0], zone)
    if end is None:
        end = start + (_duration(text("DURATION")) or (ONE_DAY if is_day else timedelta()))
    instead = _local(fields.get("RECURRENCE-ID", [None])[0], zone)
    return Event(
        key=text("UID"),
        name=read_text(text("SUMMARY"))[:LONGEST_NAME],
        start=start,
        end=min(end, start + LONGEST * ONE_DAY),
        rule=text("RRULE"),
        left_out=frozenset(_dates(fields.get("EXDATE", ()), zone)),
        further=tuple(_dates(fields.get("RDATE", ()), zone)),
        instead_of=None if instead is None else instead.date(),
    )


def _local(given: Property | None, zone: ZoneInfo) -> datetime | None:
    """On the clock of the zone; a time whose zone is not known counts as one of ours."""
    moment = read_moment(given)
    if moment.day is not None:
        inside = 1900 < moment.day.year < 2200
        return datetime(moment.day.year, moment.day.month, moment.day.day) if inside else None
    if moment.at is not None:
        return moment.at.astimezone(zone).replace(tzinfo=None) if 1900 < moment.at.year < 2200 else None
    if moment.local:
        try:
            found = datetime.strptime(moment.local[:16], "%Y-%m-%d %H:%M")
        except ValueError:  # of a year before 1000
            return None
        return found if 1900 < found.year < 2200 else None
    return None


def _dates(given: "list[Property] | tuple[()]", zone: ZoneInfo) -> Iterator[date]:
    for parameters, value in given:
        for each in value.split(",")[:500]:
            moment = _local((parameters, each.partition("/")[0]), zone)
            if moment is not None:
                yield moment.date()


def _bounded(event: Event, last: date, left: int) -> Iterator[date]:
    """The days on which it begins, up to `last`. Raises CannotRepeat, ValueError when there are too many."""
    first = event.start.date()
    days: Iterator[date] = iter((first,))
    if event.rule:
        days = days_of(read_rule(event.rule, first))
    for day in days:
        if day > last:
            break
        left -= 1
        if left <= 0:
            raise ValueError(TOO_OFTEN)
        if day not in event.left_out:
            yield day
    yield from (day for day in event.further if day <= last and day != first)


def _closed(event: Event, day: date, first: date, last: date) -> Iterator[tuple[date, Span]]:
    """What it closes from `first` to `last` when it begins on `day`: parts of local days."""
    start = datetime(day.year, day.month, day.day, event.start.hour, event.start.minute)
    end = start + (event.end - event.start)
    start = max(start, datetime(first.year, first.month, first.day))
    while start < end and start.date() <= last:
        midnight = datetime(start.year, start.month, start.day)
        until = min(end, midnight + ONE_DAY)
        begin = (start - midnight) // timedelta(minutes=1)
        finish = -((midnight - until) // timedelta(minutes=1))  # rounded up
        yield start.date(), ALL_DAY[0] if (begin, finish) == (0, DAY) else Span(begin, finish)
        start = midnight + ONE_DAY


_DURATION = re.compile(
    r"\+?P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?", re.A
)


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        return timedelta()
    weeks, days, hours, minutes = (int(each or 0) for each in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
