"""The list of working calendars."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import CalendarFeed, WorkCalendar
from rtpy.rights.names import Right
from rtpy.web.admin.calendars.frame import week_lines
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.working_hours import hours_of


@view_config(
    route_name="admin.calendar.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.ADMIN_CALENDARS,
)
def list_calendars(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of name, description and zone. A query, and those that read the hours when they are not known."""
    asked, work = read_asked(request), request.work
    lines = []
    query = select(WorkCalendar, CalendarFeed.problem).outerjoin(
        CalendarFeed, CalendarFeed.calendar_id == WorkCalendar.id
    )
    for row, problem in sorted(request.db.execute(query), key=lambda each: each[0].name.lower()):
        now = hours_of(work.app, work.db, row.id).version_at(work.now).calendar
        if asked.finds(f"{row.name} {row.description} {now.zone}", disabled=row.disabled):
            week = "; ".join(f"{days} {hours}" for days, hours in week_lines(now) if hours != "closed")
            state = "disabled" if row.disabled else "file not fetched" if problem else ""
            url = request.route_path("admin.calendar.display", id=row.id)
            lines.append(Line(row.name, url, (week, now.zone), state))
    return list_values(
        request,
        asked,
        route="admin.calendar.list",
        title="Calendars",
        intro="Hours in which work is agreed: promises are counted in them, and work outside may cost more.",
        columns=("Calendar", "Hours", "Zone"),
        lines=lines[asked.offset : asked.offset + PER_PAGE + 1],
        create_url=request.route_path("admin.calendar.create"),
        create_label="New calendar",
        empty="No calendar yet: every hour counts.",
    )
