"""Calendars of tickets (RFC 5545): an event where one starts and one where it is due, as RT's iCal feed has them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rtpy.search.out.cells import clean
from rtpy.search.out.entries import FeedEntry

WIDTH = 75
"""Octets of a line; longer ones are folded."""


def write_calendar(name: str, entries: Iterable[FeedEntry], *, site: str, zone: ZoneInfo) -> bytes:
    """The calendar of these tickets; `site` makes the events' ids unique.

    A moment at midnight by the clock of `zone` is a whole day, as people mean it. The same tickets give the same bytes.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//rtpy//tickets//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for entry in entries:
        for word, label, at in (("starts", "Starts", entry.starts), ("due", "Due", entry.due)):
            if at is not None:
                lines += _event(entry, f"ticket-{entry.id}-{word}@{site}", label, at, zone)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def escape(text: str) -> str:
    """A text value (RFC 5545, 3.3.11): backslashes, commas, semicolons and line ends are written out."""
    text = clean(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> bytes:
    """One content line of at most 75 octets, each further line begins with a blank (3.1); no letter is cut in two."""
    pieces, room = [b""], WIDTH
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > room:
            pieces.append(b"")
            room = WIDTH - 1
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"


def _event(entry: FeedEntry, uid: str, label: str, at: datetime, zone: ZoneInfo) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(uid)}"
    yield f"DTSTAMP:{_moment(entry.last_updated)}"
    yield f"LAST-MODIFIED:{_moment(entry.last_updated)}"
    yield f"CREATED:{_moment(entry.created)}"
    local = at.astimezone(zone)
    if local.hour == local.minute == 0:
        yield f"DTSTART;VALUE=DATE:{_day(local.date())}"
        yield f"DTEND;VALUE=DATE:{_day(local.date() + timedelta(days=1))}"
        yield "TRANSP:TRANSPARENT"
    else:
        yield f"DTSTART:{_moment(at)}"
    yield f"SUMMARY:{escape(f'{label}: #{entry.id} {entry.subject}')}"
    yield f"DESCRIPTION:{escape(f'{entry.status}, {entry.owner}, {entry.queue}')}"
    yield f"URL:{entry.url}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
