"""What the pages of one calendar share: the one that the address says, its tabs, weeks and dates in words."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from sqlalchemy import select

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.written import write_day
from rtpy.changes.calendars.terms import DAYS
from rtpy.models import CalendarVersion, WorkCalendar
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.times import show_day

AHEAD = 365
"""Days of which those that differ are listed."""
MOST = 60

REASONS = {
    "saved": "Saved",
    "corrected": "Put right from the beginning",
    "feed": "The file said something new",
    "holidays": "Public holidays became known",
}


def calendar_asked(request: Request) -> WorkCalendar:
    """The calendar whose number the address says. Raises HTTPNotFound."""
    row: WorkCalendar | None = request.db.get(WorkCalendar, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def versions_of(request: Request, calendar: WorkCalendar) -> Sequence[CalendarVersion]:
    """All of them, the newest first."""
    query = select(CalendarVersion).where(CalendarVersion.calendar_id == calendar.id)
    found: Sequence[CalendarVersion] = request.db.scalars(query.order_by(CalendarVersion.number.desc())).all()
    return found


def crumbs(request: Request, calendar: WorkCalendar | None = None) -> tuple[Link, ...]:
    """The way to the pages of one calendar."""
    first = Link("Calendars", request.route_path("admin.calendar.list"))
    if calendar is None:
        return (first,)
    return (first, Link(calendar.name, request.route_path("admin.calendar.display", id=calendar.id)))


def tabs_of(request: Request, calendar: WorkCalendar, current: str) -> tuple[Link, ...]:
    """The two pages of one calendar."""
    pages = (("Hours", "admin.calendar.display"), ("Change", "admin.calendar.modify"))
    return tuple(
        Link(label, request.route_path(route, id=calendar.id), route == current) for label, route in pages
    )


def week_lines(calendar: Calendar) -> list[tuple[str, str]]:
    """The week in few lines: days in a row with the same hours are one, `Monday to Friday`."""
    found: list[tuple[int, int, tuple[Span, ...]]] = []
    for at, spans in enumerate(calendar.week):
        if found and found[-1][2] == spans:
            found[-1] = (found[-1][0], at, spans)
        else:
            found.append((at, at, spans))
    return [(_days(first, last), hours(spans)) for first, last, spans in found]


def differing(on: Callable[[date], Calendar], start: date, days: int = AHEAD) -> list[tuple[Html, str, str]]:
    """Of the days from `start` on those whose hours are not the week's: the date, its name, its hours.

    `on` says which calendar holds on a day.
    """
    found = []
    for day in (start + timedelta(days=number) for number in range(days)):
        calendar = on(day)
        spans = calendar.spans_on(day)
        if spans != calendar.week[day.weekday()]:
            shown = Html(f"{DAYS[day.weekday()][:3]} {show_day(day)}")
            found.append((shown, calendar.name_of(day), hours(spans)))
    return found


def _days(first: int, last: int) -> str:
    if first == last:
        return DAYS[first]
    return f"{DAYS[first]} {'and' if last == first + 1 else 'to'} {DAYS[last]}"


def hours(spans: tuple[Span, ...]) -> str:
    """The hours of a day; `all day` for 24."""
    text = write_day(spans)
    return "all day" if text == "00:00-24:00" else text
