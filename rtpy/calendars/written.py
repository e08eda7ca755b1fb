"""Agreed hours as people write them: `08:00-12:00, 13:00-17:30` for a day, a date before it for an exception."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from rtpy.calendars.calendar import DAY, Span, joined

SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")
YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
CLOSED = frozenset({"", "-", "–", "closed", "holiday"})
MOST_EXCEPTIONS = 1000


def read_day(text: str) -> tuple[Span, ...]:
    """The spans of one day; none for an empty text or `closed`. ValueError with a sentence for anything else."""
    typed = text.strip()
    if typed.lower() in CLOSED:
        return ()
    spans = []
    for part in typed.split(","):
        found = SPAN.fullmatch(part.strip()) if part.isascii() or "–" in part else None
        if found is None:
            raise ValueError(
                f"“{part.strip()[:40]}” are no hours: write 08:00-12:00, 13:00-17:30, or closed."
            )
        start, end = minutes(found[1], found[2]), minutes(found[3], found[4])
        if not start < end <= DAY:
            raise ValueError(f"“{part.strip()[:40]}” must end after it begins, and at 24:00 at the latest.")
        spans.append(Span(start, end))
    return joined(tuple(spans))


def minutes(hours: str, part: str | None) -> int:
    """Minutes after midnight; more than a day when a number is too large."""
    return int(hours) * 60 + int(part or 0) if int(part or 0) < 60 else DAY + 1


def write_day(spans: Iterable[Span]) -> str:
    """The same the other way round."""
    return ", ".join(f"{clock(span.start)}-{clock(span.end)}" for span in spans) or "closed"


def clock(minute: int) -> str:
    """`08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_exceptions(text: str) -> dict[date, tuple[Span, ...]]:
    """A line for each date: `2026-12-24 08:00-12:00`; a date alone is a holiday. ValueError with a sentence."""
    found: dict[date, tuple[Span, ...]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        first, _, rest = line.strip().partition(" ")
        try:
            day = date.fromisoformat(first)
        except ValueError:
            raise ValueError(f"“{first[:20]}” is not a date: begin each line like 2026-12-24.") from None
        if day in found:
            raise ValueError(f"{first} is there twice.")
        found[day] = read_day(rest)
    if len(found) > MOST_EXCEPTIONS:
        raise ValueError(f"At most {MOST_EXCEPTIONS} dates, please: leave out the old ones.")
    return found


def write_exceptions(exceptions: Mapping[date, tuple[Span, ...]]) -> str:
    """The same the other way round, by date."""
    return "\n".join(f"{day.isoformat()} {write_day(exceptions[day])}" for day in sorted(exceptions))


def read_yearly(text: str) -> dict[tuple[int, int], tuple[Span, ...]]:
    """A line for each day of every year: `12-24 08:00-12:00`; a day alone is a holiday. ValueError with a sentence."""
    found: dict[tuple[int, int], tuple[Span, ...]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        first, _, rest = line.strip().partition(" ")
        try:
            typed = YEARLY.fullmatch(first)
            day = date(2024, int(typed[1]), int(typed[2])) if typed else None  # a leap year
        except ValueError:
            day = None
        if day is None:
            raise ValueError(f"“{first[:20]}” is not a day of every year: begin each line like 12-24.")
        if (day.month, day.day) in found:
            raise ValueError(f"{first} is there twice.")
        found[day.month, day.day] = read_day(rest)
    return found


def write_yearly(yearly: Mapping[tuple[int, int], tuple[Span, ...]]) -> str:
    """The same the other way round, by day."""
    return "\n".join(f"{month:02}-{day:02} {write_day(yearly[month, day])}" for month, day in sorted(yearly))
