"""Rates."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import RateRow
from rtpy_billing.money import shown
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.web import choices
from rtpy_billing.web.days import days
from rtpy_billing.web.scopes import Scopes


@view_config(
    route_name="billing.rates.list", request_method="GET", renderer="admin/list.pt", permission=ADMIN_BILLING
)
def list_rates(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of customer, role and work type. Five queries."""
    asked = read_asked(request)
    scopes = Scopes(request)
    roles, types = (
        choices.names(choices.roles(request), "any"),
        choices.names(choices.work_types(request), "any"),
    )
    order = (RateRow.rung, RateRow.scope_id, RateRow.role_id, RateRow.work_type_id, RateRow.valid_from)
    today = request.work.now.date()
    rows = [
        row
        for row in request.db.scalars(select(RateRow).order_by(*order))
        if asked.finds(
            f"{scopes.name(row.rung, row.scope_id)} {roles.get(row.role_id, '')} {types.get(row.work_type_id, '')}",
            disabled=row.valid_until is not None and row.valid_until <= today,
        )
    ]
    return list_values(
        request,
        asked,
        route="billing.rates.list",
        title="Rates",
        intro="What an hour costs. The closest rate wins: entry, ticket, agreement line, customer, price book.",
        columns=("For", "Role", "Work type", "An hour", "Work of"),
        lines=[
            Line(
                scopes.name(row.rung, row.scope_id),
                request.route_path("billing.rates.modify", id=row.id),
                (
                    roles.get(row.role_id, "disabled role"),
                    types.get(row.work_type_id, "disabled work type"),
                    shown(row.amount, row.currency),
                    days(row.valid_from, row.valid_until),
                ),
                "over" if row.valid_until is not None and row.valid_until <= today else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.rates.create"),
        create_label="New rate",
        empty="No rate yet: begin with the price book, or work has no price.",
    )
