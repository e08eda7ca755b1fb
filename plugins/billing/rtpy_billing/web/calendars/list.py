"""Agreed hours."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.calendars.written import write_day
from rtpy_billing.models import CalendarRow
from rtpy_billing.repricing.terms import calendar_value
from rtpy_billing.rights import ADMIN_BILLING


@view_config(
    route_name="billing.calendars.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_calendars(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of name and zone. One query."""
    asked = read_asked(request)
    rows = [
        row
        for row in request.db.scalars(select(CalendarRow).order_by(CalendarRow.name))
        if asked.finds(f"{row.name} {row.zone}", disabled=row.disabled)
    ]
    return list_values(
        request,
        asked,
        route="billing.calendars.list",
        title="Calendars",
        intro="The hours that are agreed with customers: work outside of them may cost more or take more of a balance.",
        columns=("Calendar", "Zone", "Monday", "Saturday", "Dates that differ"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.calendars.modify", id=row.id),
                (
                    row.zone,
                    write_day(calendar_value(row).week[0]),
                    write_day(calendar_value(row).week[5]),
                    str(len(row.exceptions or ())),
                ),
                "disabled" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.calendars.create"),
        create_label="New calendar",
        empty="No calendar yet: all hours count as agreed.",
    )
