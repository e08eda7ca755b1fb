"""What a version of a calendar says: read from a form's texts, and written out as texts again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import available_timezones

from rtpy.calendars.calendar import Span
from rtpy.calendars.layers import Closing
from rtpy.calendars.public_holidays import countries, holidays_of, regions
from rtpy.calendars.written import (
    read_day,
    read_exceptions,
    read_yearly,
    write_day,
    write_exceptions,
    write_yearly,
)
from rtpy.errors import Problem
from rtpy.models import CalendarVersion
from rtpy.outbound.target import NotAllowed, read_target
from rtpy.working_hours import layers_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = {f"day_{at}": "08:00-17:00" if at < 5 else "" for at in range(7)}
YEARS_AHEAD = 5
"""For so many years public holidays are written out."""
YEARS_BACK = 5
"""The same before a calendar was made, for what holds from ever."""
CONTENT = (
    *("zone", "week", "exceptions", "yearly", "country", "region", "holidays", "holidays_until"),
    *("feed_address", "feed_name", "feed_days"),
)
"""The columns that a version is about."""

Columns = dict[str, Any]
"""Values of columns of a version, by name; Any: they are of all kinds."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file of events that was read: its name, and what it closes."""

    name: str
    days: Mapping[date, Closing] = field(default_factory=dict)


def read_terms(
    given: Mapping[str, str], file: File | None, before: CalendarVersion | None, now: datetime
) -> tuple[Columns, list[Problem]]:
    """The columns of a version, and what is wrong with what was typed.

    `file` is one that was uploaded. Without, the days of the one that `before` has are kept, unless its address is
    another one now or the box `feed_drop` is ticked.
    """
    problems: list[Problem] = []

    def tried(name: str, read: Callable[[str], T], otherwise: T) -> T:
        try:
            return read(given.get(name, "").replace("\0", "")[:60_000])
        except ValueError as wrong:
            problems.append(Problem(name, str(wrong)))
            return otherwise

    country = tried("country", _country, "")
    no_dates: dict[date, tuple[Span, ...]] = {}
    no_days: dict[tuple[int, int], tuple[Span, ...]] = {}
    columns: Columns = {
        "zone": tried("zone", _zone, "UTC"),
        "week": [stored(tried(f"day_{at}", read_day, ())) for at in range(7)],
        "exceptions": {
            day.isoformat(): stored(spans)
            for day, spans in tried("exceptions", read_exceptions, no_dates).items()
        },
        "yearly": {
            f"{month:02}-{day:02}": stored(spans)
            for (month, day), spans in tried("yearly", read_yearly, no_days).items()
        },
        "country": country,
        "region": tried("region", lambda text: _region(country, text), ""),
    }
    if not any(columns["week"]) and not any(columns["yearly"].values()) and not problems:
        problems.append(
            Problem(
                "day_0", "Give at least one day of the week hours: without any nothing would ever be due."
            )
        )
    columns |= _feed(given, file, before, tried("feed_address", _address, ""))
    return {**columns, **resolved(columns, before, now)}, problems


def resolved(columns: Columns, before: CalendarVersion | None, now: datetime) -> Columns:
    """The public holidays of the country, written out for some years."""
    if not columns["country"]:
        return {"holidays": {}, "holidays_until": None}
    created = before.created if before is not None else now
    last = now.year + YEARS_AHEAD
    found = holidays_of(columns["country"], columns["region"], range(created.year - YEARS_BACK, last + 1))
    return {"holidays": {day.isoformat(): name for day, name in found.items()}, "holidays_until": last}


def typed_terms(version: CalendarVersion) -> dict[str, str]:
    """The texts that the form shows."""
    layers = layers_of(version)
    return {
        "zone": version.zone,
        **{f"day_{at}": write_day(spans) for at, spans in enumerate(layers.week)},
        "exceptions": write_exceptions(layers.exceptions),
        "yearly": write_yearly(layers.yearly),
        "country": version.country,
        "region": version.region,
        "feed_address": version.feed_address,
    }


def plain_terms(version: CalendarVersion) -> dict[str, object]:
    """The same for the log of configuration: dates are listed, what was read elsewhere is only told."""
    typed = typed_terms(version)
    days = {DAYS[at]: typed.pop(f"day_{at}") for at in range(7)}
    lists = {name: typed.pop(name).splitlines() for name in ("exceptions", "yearly")}
    said = {"version": version.number, "valid from": str(version.valid_from or "the beginning")}
    return {
        **said,
        **typed,
        **days,
        **lists,
        "file": version.feed_name,
        "days of the file": len(version.feed_days),
    }


def stored(spans: tuple[Span, ...]) -> list[list[int]]:
    """A day's hours as a column keeps them."""
    return [[span.start, span.end] for span in spans]


def stored_days(days: Mapping[date, Closing]) -> dict[str, object]:
    """What a file closes as a column keeps it."""
    return {
        day.isoformat(): {"name": days[day].name, "closed": stored(days[day].spans)} for day in sorted(days)
    }


def _feed(
    given: Mapping[str, str], file: File | None, before: CalendarVersion | None, address: str
) -> Columns:
    if file is not None:
        return {"feed_address": "", "feed_name": file.name[:255], "feed_days": stored_days(file.days)}
    kept = before is not None and before.feed_address == address and given.get("feed_drop") != "1"
    if kept and before is not None:
        return {"feed_address": address, "feed_name": before.feed_name, "feed_days": before.feed_days}
    return {"feed_address": address, "feed_name": "", "feed_days": {}}


def _zone(text: str) -> str:
    zone = text.strip() or "UTC"
    if zone not in available_timezones():
        raise ValueError(f"“{zone[:60]}” is no time zone; write one like Europe/Berlin.")
    return zone


def _country(text: str) -> str:
    code = text.strip().upper()
    if code and code not in countries():
        raise ValueError("Choose a country of the list.")
    return code


def _region(country: str, text: str) -> str:
    typed = text.strip()
    if not typed:
        return ""
    known = regions(country)
    for code, name in known.items():
        if typed.lower() in (code.lower(), name.lower()):
            return code
    if not known:
        raise ValueError("This country has the same holidays everywhere: leave the region empty.")
    listed = ", ".join(code if code == name else f"{name} ({code})" for code, name in known.items())
    raise ValueError(f"There is no region “{typed[:40]}”. Write one of: {listed}.")


def _address(text: str) -> str:
    address = text.strip()
    if address.lower().startswith("webcal://"):
        address = f"https://{address[9:]}"
    if address:
        try:
            read_target(address)
        except NotAllowed as wrong:
            raise ValueError(str(wrong)) from None
    return address
