"""Making and changing a calendar."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Section, form_values
from rtpy.web.shown import Link
from rtpy_billing.models import CalendarRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.calendars import save_calendar, typed_calendar
from rtpy_billing.setting_up.workers import DAYS
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.calendars.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.calendars.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, CalendarRow)
    return _form(request, row, typed_calendar(row))


@view_config(
    route_name="billing.calendars.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.calendars.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    row = row_of(request, CalendarRow)
    return answer(
        request,
        lambda given, confirmed: save_calendar(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The calendar is saved.",
        route="billing.calendars.list",
    )


def _form(
    request: Request,
    row: CalendarRow | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New calendar" if row is None else f"Calendar: {row.name}",
        post_url=path("billing.calendars.create")
        if row is None
        else path("billing.calendars.modify", id=row.id),
        sections=(
            Section(
                "The calendar",
                (
                    f.text("name", "Name", "Such as Office hours.", required=True),
                    f.text("zone", "Time zone", "The customer’s, such as Europe/Berlin.", required=True),
                    f.box("disabled", "Disabled", "Not offered any more; who has it keeps it."),
                ),
            ),
            Section(
                "Hours of the week",
                tuple(f.text(f"day_{at}", name) for at, name in enumerate(DAYS)),
                "Write 08:00-12:00, 13:00-17:30; closed or nothing means that no hour is agreed.",
            ),
            Section(
                "Dates that differ",
                (
                    f.area(
                        "exceptions",
                        "Holidays and short days",
                        "A line for each date: 2026-12-24 08:00-12:00; a date alone is a holiday.",
                        10,
                    ),
                ),
            ),
        ),
        problems=problems,
        crumbs=(Link("Calendars", path("billing.calendars.list")),),
        buttons=(SAVE,),
    )
