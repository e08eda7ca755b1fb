"""Surcharges."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import SurchargeRow
from rtpy_billing.money import shown
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.surcharges import HOURS, OPERATIONS
from rtpy_billing.web.days import days
from rtpy_billing.web.scopes import Scopes


@view_config(
    route_name="billing.surcharges.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_surcharges(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name and the customer. Three queries."""
    asked = read_asked(request)
    scopes = Scopes(request)
    today = request.work.now.date()
    rows = [
        row
        for row in request.db.scalars(select(SurchargeRow).order_by(SurchargeRow.sort_order, SurchargeRow.id))
        if asked.finds(
            f"{row.name} {scopes.name(row.rung, row.scope_id)}",
            disabled=row.valid_until is not None and row.valid_until <= today,
        )
    ]
    return list_values(
        request,
        asked,
        route="billing.surcharges.list",
        title="Surcharges",
        intro="What changes the rate at certain times or for certain work: after hours, Sundays, call-outs.",
        columns=("Surcharge", "What it does", "By", "When", "For", "Work of"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.surcharges.modify", id=row.id),
                (
                    OPERATIONS[row.operation],
                    shown(row.value, row.currency) if row.currency else f"× {row.value / 1000:g}",
                    HOURS[row.hours],
                    scopes.name(row.rung, row.scope_id),
                    days(row.valid_from, row.valid_until),
                ),
                "over" if row.valid_until is not None and row.valid_until <= today else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.surcharges.create"),
        create_label="New surcharge",
        empty="No surcharge yet: every hour costs the same.",
    )
