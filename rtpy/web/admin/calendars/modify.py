"""Making a calendar and changing one, with a look at the days that would differ."""

from collections.abc import Mapping
from datetime import date
from html import escape
from zoneinfo import available_timezones

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.calendar_feeds.events import read_events
from rtpy.calendars.layers import merge
from rtpy.changes.calendars.saving import newest, save_calendar, today_in, typed_calendar, uses_of
from rtpy.changes.calendars.terms import YEARS_AHEAD, YEARS_BACK, File, read_terms
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import CalendarVersion, WorkCalendar
from rtpy.rights.names import Right
from rtpy.web.admin.by_clock import card
from rtpy.web.admin.calendars.fields import sections
from rtpy.web.admin.calendars.frame import MOST, calendar_asked, crumbs, differing, tabs_of
from rtpy.web.admin.editing import SAVE, Button, form_values
from rtpy.web.html import Html
from rtpy.web.staff.forms import files_of, problems_of, texts_of
from rtpy.working_hours import layers_of

PREVIEW = Button("Show regions and days that differ", "preview")


@view_config(
    route_name="admin.calendar.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CALENDARS,
)
@view_config(
    route_name="admin.calendar.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CALENDARS,
)
def calendar_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or that of one calendar."""
    row = _row(request)
    return _form(request, row, typed_calendar(request.work, row))


@view_config(
    route_name="admin.calendar.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CALENDARS,
)
@view_config(
    route_name="admin.calendar.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CALENDARS,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, show what it would say, or say what is wrong."""
    row, given = _row(request), {**texts_of(request), "version": request.GET.get("version", "")}
    try:
        file = _file(request, given)
        if given.get("deed") == PREVIEW.value:
            return _preview(request, row, given, file)
        saved = save_calendar(request.work, row, given, file)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, row, given, {"": str(refused)})
    request.flash(f"“{saved.name}” is saved.")
    return HTTPSeeOther(request.route_path("admin.calendar.display", id=saved.id))


def _row(request: Request) -> WorkCalendar | None:
    return calendar_asked(request) if "id" in request.matchdict else None


def _file(request: Request, given: Mapping[str, str]) -> File | None:
    """The uploaded file, read. Raises Invalid."""
    chosen = files_of(request, "feed_file")
    if not chosen:
        return None
    year = request.work.now.year
    first, last = date(year - YEARS_BACK, 1, 1), date(year + YEARS_AHEAD, 12, 31)
    typed = given.get("zone", "").strip()
    zone = typed if typed in available_timezones() else "UTC"  # that the field is wrong is told all the same
    try:
        read = read_events(chosen[0].data, zone, first, last)
    except ValueError as wrong:
        raise Invalid(Problem("feed_file", str(wrong))) from None
    return File(chosen[0].filename or read.name, read.days)


def _preview(
    request: Request, row: WorkCalendar | None, given: Mapping[str, str], file: File | None
) -> dict[str, object]:
    work = request.work
    before = None if row is None else newest(work, row)
    columns, problems = read_terms(given, file, before, work.now)
    if problems:
        raise Invalid(*problems)
    calendar = merge(0, "", layers_of(CalendarVersion(**columns)))
    days = differing(lambda _day: calendar, today_in(work, calendar.zone))
    lines = [
        f'<span class="title">{day}</span><span class="meta">{escape(name)}</span>'
        f'<span class="end">{escape(hours)}</span>'
        for day, name, hours in days[:MOST]
    ]
    note = f"And {len(days) - MOST} more." if len(days) > MOST else "Nothing is saved yet."
    if columns["feed_address"] and not columns["feed_days"]:
        note = "The file behind the address is fetched within some minutes when you have saved. Nothing is saved yet."
    shown = card("The next 12 months", lines, "No day differs from the week.", note)
    return _form(request, row, given, aside=Html(shown))


def _form(
    request: Request,
    row: WorkCalendar | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    aside: Html | None = None,
) -> dict[str, object]:
    path = request.route_path
    before = None if row is None else newest(request.work, row)
    is_used = row is not None and bool(uses_of(request.work, row.id))
    url = path("admin.calendar.create")
    if row is not None:  # with the version that is shown, so that nobody saves over one that came meanwhile
        url = path("admin.calendar.modify", id=row.id, _query={"version": given.get("version", "")})
    return form_values(
        request,
        title="New calendar" if row is None else row.name,
        post_url=url,
        sections=sections(given, before, is_used=is_used),
        problems=problems,
        intro=""
        if row is None or is_used
        else "Nothing counts in it yet: what you change holds from the beginning.",
        crumbs=crumbs(request) if row is None else crumbs(request, row),
        tabs=() if row is None else tabs_of(request, row, "admin.calendar.modify"),
        buttons=(SAVE, PREVIEW),
        aside=aside,
    )
