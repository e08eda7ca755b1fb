"""One calendar: its hours now, the days that differ, its versions, its file, and what counts in it."""

from collections.abc import Callable, Sequence
from datetime import date

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.calendars.calendar import Calendar
from rtpy.calendars.layers import merge
from rtpy.calendars.public_holidays import countries, regions
from rtpy.changes.allowed import need_system
from rtpy.changes.calendars.saving import delete_calendar, today_in, uses_of
from rtpy.http.resources import SystemResource
from rtpy.models import CalendarFeed, CalendarVersion, User, WorkCalendar
from rtpy.rights.names import Right
from rtpy.web.admin.calendars.frame import (
    MOST,
    REASONS,
    calendar_asked,
    crumbs,
    differing,
    tabs_of,
    versions_of,
    week_lines,
)
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.html import Html
from rtpy.web.shown import Deed
from rtpy.web.times import show_day
from rtpy.working_hours import hours_of, in_force, layers_of

MOST_USES = 200


@view_config(
    route_name="admin.calendar.display",
    request_method="GET",
    renderer="admin/calendars/display.pt",
    permission=Right.ADMIN_CALENDARS,
)
def show_calendar(resource: SystemResource, request: Request) -> dict[str, object]:
    """What holds today, and all about it."""
    row = calendar_asked(request)
    versions = versions_of(request, row)
    holding = in_force(versions)
    today = today_in(request.work, versions[0].zone)
    now = next((each for each in reversed(holding) if (each.valid_from or date.min) <= today), holding[0])
    values = _hours(
        request,
        row,
        now,
        today,
        hours_of(request.app, request.db, row.id).calendar_on,
        _planned(request, row, holding, today),
    )
    feed = request.db.get(CalendarFeed, row.id)
    deeds = []
    if feed is not None and not row.disabled:
        deeds.append(
            Deed("Fetch its file now", request.route_path("admin.calendar.fetch", id=row.id), icon="refresh")
        )
    uses = uses_of(request.work, row.id)
    if not uses:
        deeds.append(Deed("Delete it", request.route_path("admin.calendar.delete", id=row.id), icon="trash"))
    return {
        **values,
        "crumbs": admin_crumbs(request, *crumbs(request)),
        "title": row.name,
        "tabs": tabs_of(request, row, "admin.calendar.display"),
        "deeds": deeds,
        "feed": None if feed is None else _feed(request, feed),
        "versions": _versions(request, row, versions, holding, now),
        "uses": [
            (use.label, request.route_path(use.route, **use.parts) if use.route else None) for use in uses
        ][:MOST_USES],
        "more_uses": max(len(uses) - MOST_USES, 0),
        "said": "",
    }


@view_config(
    route_name="admin.calendar.version",
    request_method="GET",
    renderer="admin/calendars/display.pt",
    permission=Right.ADMIN_CALENDARS,
)
def show_version(resource: SystemResource, request: Request) -> dict[str, object]:
    """One version as it was written."""
    row = calendar_asked(request)
    number = int(request.matchdict["number"])
    versions = versions_of(request, row)
    version = next((each for each in versions if each.number == number), None)
    if version is None:
        raise HTTPNotFound()
    holding = in_force(versions)
    state = _state(version, holding, today_in(request.work, version.zone))
    return {
        **_hours(request, row, version, version.valid_from or version.created.date()),
        "crumbs": admin_crumbs(request, *crumbs(request, row)),
        "title": f"{row.name}, version {number}",
        "tabs": (),
        "deeds": (),
        "feed": None,
        "versions": (),
        "uses": (),
        "more_uses": 0,
        "said": f"{REASONS.get(version.reason, '')}. It {state}.",
    }


@view_config(route_name="admin.calendar.fetch", request_method="POST", permission=Right.ADMIN_CALENDARS)
def fetch_soon(resource: SystemResource, request: Request) -> Response:
    """Let the worker fetch the file at its next look."""
    row = calendar_asked(request)
    need_system(request.work, Right.ADMIN_CALENDARS)
    feed = request.db.get(CalendarFeed, row.id)
    if feed is not None:
        feed.tried = None
        request.flash("The file is fetched within a minute.")
    return HTTPSeeOther(request.route_path("admin.calendar.display", id=row.id))


@view_config(route_name="admin.calendar.delete", request_method="POST", permission=Right.ADMIN_CALENDARS)
def delete(resource: SystemResource, request: Request) -> Response:
    """Take away a calendar in which nothing counts."""
    row = calendar_asked(request)
    name = row.name
    delete_calendar(request.work, row)
    request.flash(f"“{name}” is deleted.")
    return HTTPSeeOther(request.route_path("admin.calendar.list"))


def _planned(
    request: Request, row: WorkCalendar, holding: Sequence[CalendarVersion], today: date
) -> list[tuple[str, Html | str]]:
    """What is said already of days to come."""
    found: list[tuple[str, Html | str]] = []
    for each in holding:
        if each.valid_from is not None and each.valid_from > today:
            url = request.route_path("admin.calendar.version", id=row.id, number=each.number)
            found.append((f"From {each.valid_from}", Html(f'<a href="{url}">version {each.number}</a>')))
    return found


def _hours(
    request: Request,
    row: WorkCalendar,
    version: CalendarVersion,
    start: date,
    on: Callable[[date], Calendar] | None = None,
    planned: Sequence[tuple[str, Html | str]] = (),
) -> dict[str, object]:
    """What a version says, with the days that differ in the year from `start` on, by `on` or by the version itself."""
    calendar = merge(row.id, row.name, layers_of(version))
    days = differing(on or (lambda _day: calendar), start)
    place = countries().get(version.country, version.country) if version.country else ""
    facts: list[tuple[str, Html | str]] = [("Time zone", version.zone)]
    if place:
        region = regions(version.country).get(version.region, version.region)
        where = f"{place}, {region}" if region else place
        facts.append(("Public holidays", f"{where}, known until {version.holidays_until}"))
    if version.feed_address or version.feed_days:
        name = version.feed_name or "A file"
        facts.append(("File of days off", f"{name}, {len(version.feed_days)} days"))
    facts += planned
    return {
        "description": row.description,
        "is_disabled": row.disabled,
        "facts": facts,
        "week": week_lines(calendar),
        "since": show_day(start),
        "days": days[:MOST],
        "more_days": max(len(days) - MOST, 0),
    }


def _versions(
    request: Request,
    row: WorkCalendar,
    versions: Sequence[CalendarVersion],
    holding: Sequence[CalendarVersion],
    now: CalendarVersion,
) -> list[dict[str, object]]:
    makers = {each.creator_id for each in versions}
    rows = request.db.execute(select(User.id, User.name).where(User.id.in_(makers)))
    names = {row.id: row.name for row in rows}
    today = today_in(request.work, now.zone)
    return [
        {
            "number": each.number,
            "url": request.route_path("admin.calendar.version", id=row.id, number=each.number),
            "state": _state(each, holding, today),
            "is_now": each is now,
            "reason": "Made" if each.number == 1 else REASONS.get(each.reason, each.reason),
            "by": names.get(each.creator_id, ""),
            "when": request.when(each.created),
        }
        for each in versions[:MOST]
    ]


def _state(version: CalendarVersion, holding: Sequence[CalendarVersion], today: date) -> str:
    """When it holds, in words that go on after “It”."""
    if version not in holding:
        return "is replaced"
    at = holding.index(version)
    after = holding[at + 1].valid_from if at + 1 < len(holding) else None
    since = version.valid_from
    start = "from the beginning" if since is None else f"from {since.isoformat()}"
    if after is not None:
        return f"{'held' if after <= today else 'holds'} {start} until {after.isoformat()}"
    return f"{'will hold' if since is not None and since > today else 'holds'} {start}"


def _feed(request: Request, feed: CalendarFeed) -> dict[str, object]:
    return {
        "problem": feed.problem,
        "fetched": request.when(feed.fetched) if feed.fetched else None,
        "is_waiting": feed.tried is None,
        "unread": feed.unread,
    }
