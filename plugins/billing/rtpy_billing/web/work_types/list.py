"""Work types."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import WorkType
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.work_types import HOURS, MODES


@view_config(
    route_name="billing.work_types.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_work_types(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name. One query."""
    asked = read_asked(request)
    rows = [
        row
        for row in request.db.scalars(select(WorkType).order_by(WorkType.sort_order, WorkType.name))
        if asked.finds(f"{row.name} {row.shown_name}", disabled=row.disabled)
    ]
    return list_values(
        request,
        asked,
        route="billing.work_types.list",
        title="Work types",
        intro="What kinds of work there are. Rates, rounding and coverage may depend on them.",
        columns=("Work type", "For customers", "Charged", "Hours"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.work_types.modify", id=row.id),
                (row.shown_name or row.name, MODES[row.charge_mode or ""], HOURS[row.hours]),
                "disabled" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.work_types.create"),
        create_label="New work type",
        empty="No work type yet. Begin with remote and on site.",
    )
