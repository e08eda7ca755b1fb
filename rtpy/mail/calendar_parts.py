"""Calendar parts of mails (RFC 5545) read for showing: what, when, where, who asks. Nothing is ever answered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LARGEST: Final = 200_000
"""Bytes of a calendar part that are read."""
MOST: Final = 5
"""Events of one part that are shown."""
TYPES: Final = ("text/calendar", "application/ics")
_LONGEST: Final = 500
_MAX_LINES: Final = 5_000

# Outlook names zones its own way (Unicode CLDR, windowsZones): those of our customers.
_WINDOWS: Final = {
    "w. europe standard time": "Europe/Vienna",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "romance standard time": "Europe/Paris",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "gtb standard time": "Europe/Bucharest",
    "turkey standard time": "Europe/Istanbul",
    "russian standard time": "Europe/Moscow",
    "israel standard time": "Asia/Jerusalem",
    "arabian standard time": "Asia/Dubai",
    "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai",
    "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo",
    "aus eastern standard time": "Australia/Sydney",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "e. south america standard time": "America/Sao_Paulo",
    "utc": "UTC",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When: an aware UTC time; or a whole day; or, where the zone is not known, the words `local` with the zone."""

    at: datetime | None = None
    day: date | None = None
    local: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event. `method` is what the part asks for in RFC 5546's words: REQUEST, CANCEL, REPLY, PUBLISH, or empty."""

    what: str
    starts: Moment
    ends: Moment
    where: str
    organizer: str
    method: str
    repeats: bool
    answers: tuple[tuple[str, str], ...] = ()
    """Of those who answer: who, and ACCEPTED, DECLINED, TENTATIVE."""


def read_calendar(data: bytes) -> tuple[CalendarEvent, ...]:
    """The first events of a calendar part; none where it is none. Never raises; linear in the size."""
    method = ""
    found: list[CalendarEvent] = []
    fields: dict[str, tuple[dict[str, str], str]] | None = None
    people: list[tuple[dict[str, str], str]] = []
    depth = 0
    for name, parameters, value in content_lines(data[:LARGEST], _MAX_LINES):
        if name == "METHOD" and fields is None:
            method = value.strip().upper()[:20]
        elif name == "BEGIN" and value.strip().upper() == "VEVENT" and fields is None:
            fields, people, depth = {}, [], 0
        elif fields is None:
            continue
        elif name == "BEGIN":
            depth += 1  # an alarm has a summary of its own
        elif name == "END" and depth:
            depth -= 1
        elif name == "END":
            found.append(_event(fields, people, method))
            fields = None
            if len(found) == MOST:
                break
        elif not depth and name == "ATTENDEE":
            people.append((parameters, value))
        elif not depth:
            fields.setdefault(name, (parameters, value))
    return tuple(found)


def titles_of(data: bytes) -> str:
    """What the events of a calendar part are called, a line each; empty where it tells nothing."""
    return "\n".join(event.what for event in read_calendar(data) if event.what.strip())


def content_lines(data: bytes, most: int) -> Iterator[tuple[str, dict[str, str], str]]:
    """Unfolded content lines, at most so many: name in capitals, parameters, value. Never raises."""
    text = data.decode("utf-8", "replace").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    unfolded = text.replace("\n ", "").replace("\n\t", "")
    for line in unfolded.split("\n")[:most]:
        if head := _HEAD.match(line[:4_000]):
            yield head[1].upper(), dict(_parameters(head[2])), line[head.end() : head.end() + 4_000]


_VALUE: Final = r'(?:"[^"]{0,500}"|[^";:]{0,500})'
_HEAD: Final = re.compile(
    rf'([A-Za-z0-9-]{{1,60}})((?:;[A-Za-z0-9-]{{1,60}}={_VALUE}(?:,"[^"]{{0,500}}")*)*):'
)
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]{1,60})=("[^"]{0,500}"|[^";:]{0,500})')


def _parameters(text: str) -> Iterable[tuple[str, str]]:
    return ((name.upper(), value.strip('"')) for name, value in _PARAMETER.findall(text))


def _event(
    fields: dict[str, tuple[dict[str, str], str]], people: list[tuple[dict[str, str], str]], method: str
) -> CalendarEvent:
    starts = read_moment(fields.get("DTSTART"))
    ends = read_moment(fields.get("DTEND"))
    if ends == Moment():
        ends = _later(starts, fields.get("DURATION", ({}, ""))[1])
    if ends.day is not None and starts.day is not None:
        ends = Moment(day=max(ends.day - timedelta(days=1), starts.day)) if ends.day > date.min else ends
    answers = [
        (_person(each), each[0].get("PARTSTAT", "").upper()[:20]) for each in people[:20] if method == "REPLY"
    ]
    return CalendarEvent(
        what=read_text(fields.get("SUMMARY", ({}, ""))[1]),
        starts=starts,
        ends=ends,
        where=read_text(fields.get("LOCATION", ({}, ""))[1]),
        organizer=_person(fields["ORGANIZER"]) if "ORGANIZER" in fields else "",
        method="CANCEL" if fields.get("STATUS", ({}, ""))[1].strip().upper() == "CANCELLED" else method,
        repeats="RRULE" in fields or "RDATE" in fields,
        answers=tuple(answers),
    )


def read_moment(field: tuple[dict[str, str], str] | None) -> Moment:
    """When a property such as DTSTART is; nothing where it cannot be read."""
    if field is None:
        return Moment()
    parameters, value = field
    value = value.strip()
    try:
        if len(value) == 8:
            return Moment(day=datetime.strptime(value, "%Y%m%d").date())
        local = datetime.strptime(value.rstrip("Zz")[:15], "%Y%m%dT%H%M%S")
    except ValueError:
        return Moment()
    if not 1900 < local.year < 2200:
        return Moment(local=f"{local:%Y-%m-%d %H:%M}")
    if value[-1:] in "Zz":
        return Moment(at=local.replace(tzinfo=UTC))
    zone = parameters.get("TZID", "").strip().strip("/")
    name = _WINDOWS.get(zone.lower(), zone)
    try:
        known = ZoneInfo(name) if name else None
        if known is not None:
            return Moment(at=local.replace(tzinfo=known).astimezone(UTC))
    except (KeyError, ValueError, OSError, OverflowError):
        pass
    return Moment(local=f"{local:%Y-%m-%d %H:%M}{f' ({zone[:80]})' if zone else ''}")


def _later(starts: Moment, duration: str) -> Moment:
    found = _DURATION.fullmatch(duration.strip())
    if found is None or starts.at is None:
        return Moment()
    weeks, days, hours, minutes = (int(each or 0) for each in found.groups())
    try:
        return Moment(at=starts.at + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes))
    except OverflowError:
        return Moment()


_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d{1,6}S)?)?"
)
_ESCAPED: Final = re.compile(r"\\([nN,;\\])")


def read_text(value: str) -> str:
    """A text without its escapes, on one line, cut at a length that fits a page."""
    plain = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value[:4_000])
    return " ".join(plain.split())[:_LONGEST]


def _person(field: tuple[dict[str, str], str]) -> str:
    """Name and address, as far as they are told."""
    parameters, value = field
    address = re.sub(r"^mailto:", "", value.strip(), flags=re.I)[:320]
    name = read_text(parameters.get("CN", ""))
    if not name or name.lower() == address.lower():
        return address
    return f"{name} <{address}>" if "@" in address else name
