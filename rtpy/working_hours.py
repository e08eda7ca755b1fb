"""Reading working calendars: by number, as arithmetic over all their versions, kept between requests."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.calendars.calendar import Calendar, Span, joined
from rtpy.calendars.layers import Closing, Layers, merge
from rtpy.calendars.open_hours import OpenHours, Version
from rtpy.errors import NotFound
from rtpy.models import CalendarVersion, WorkCalendar
from rtpy.remembered import remembered, watch

watch(WorkCalendar, CalendarVersion)


@dataclass(frozen=True, slots=True)
class Known:
    """One calendar: its name, whether it is offered no more, and its hours."""

    id: int
    name: str
    disabled: bool
    hours: OpenHours


def hours_of(app: App, db: Session, calendar_id: int) -> OpenHours:
    """The hours of a calendar over all its versions; the same object as long as none is added, so keep none yourself.

    As a rule nothing is asked of the database. Raises NotFound.
    """
    return known(app, db, calendar_id).hours


def all_hours(app: App, db: Session) -> dict[int, OpenHours]:
    """The hours of all calendars by number: there are few."""
    return {number: each.hours for number, each in _all(app, db).items()}


def calendar_on(app: App, db: Session, calendar_id: int, day: date) -> Calendar:
    """What the calendar says on this local date. Raises NotFound."""
    return hours_of(app, db, calendar_id).calendar_on(day)


def calendar_zone(app: App, db: Session, calendar_id: int) -> str:
    """The time zone of the calendar's last version, for showing times beside the reader's. Raises NotFound."""
    return hours_of(app, db, calendar_id).versions[-1].calendar.zone


def offered(app: App, db: Session, also: Collection[int | None] = ()) -> tuple[tuple[int, str], ...]:
    """Numbers and names for a choice, by name: those that are in use, and `also` those that are chosen already."""
    return tuple(
        (each.id, each.name) for each in _all(app, db).values() if not each.disabled or each.id in also
    )


def known(app: App, db: Session, calendar_id: int) -> Known:
    """One calendar with its name. Raises NotFound."""
    found = _all(app, db).get(calendar_id)
    if found is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    return found


def layers_of(row: CalendarVersion) -> Layers:
    """What a version says, as a value."""
    return Layers(
        zone=row.zone,
        week=tuple(spans(day) for day in row.week),
        exceptions={date.fromisoformat(day): spans(there) for day, there in row.exceptions.items()},
        yearly={(int(day[:2]), int(day[3:])): spans(there) for day, there in row.yearly.items()},
        feed={
            date.fromisoformat(day): Closing(there["name"], spans(there["closed"]))
            for day, there in row.feed_days.items()
        },
        holidays={date.fromisoformat(day): name for day, name in row.holidays.items()},
    )


def spans(stored: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    """A day's hours."""
    return joined(tuple(Span(start, end) for start, end in stored))


def in_force(rows: Sequence[Any]) -> list[Any]:
    """Of the versions of one calendar those that hold at some time, in order: later ones replace what begins after.

    The rows have `number` and `valid_from`.
    """
    found: list[Any] = []
    for row in sorted(rows, key=lambda each: int(each.number), reverse=True):
        first = found[-1].valid_from if found else date.max
        if first is not None and (row.valid_from is None or row.valid_from < first):
            found.append(row)
    return found[::-1]


def _all(app: App, db: Session) -> dict[int, Known]:
    return remembered(app, db, "working hours", lambda db: _read(app, db))


def _read(app: App, db: Session) -> dict[int, Known]:
    """All calendars that have a version, by name; hours that are known already stay the same objects."""
    rows: dict[int, list[CalendarVersion]] = {}
    for version in db.scalars(select(CalendarVersion)):
        rows.setdefault(version.calendar_id, []).append(version)
    before: dict[int, OpenHours] = app.caches.get("open hours", {})
    found = {}
    for calendar in sorted(db.scalars(select(WorkCalendar)), key=lambda each: each.name.lower()):
        if calendar.id not in rows:
            continue
        versions = tuple(
            Version(row.valid_from, row.id, merge(calendar.id, calendar.name, layers_of(row)))
            for row in in_force(rows[calendar.id])
        )
        hours = before.get(calendar.id)
        if hours is None or hours.versions != versions:
            hours = OpenHours(versions)
        found[calendar.id] = Known(calendar.id, calendar.name, calendar.disabled, hours)
    app.caches["open hours"] = {number: each.hours for number, each in found.items()}
    return found
