"""Cost rates."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import CostRate
from rtpy_billing.money import shown
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.web import choices
from rtpy_billing.web.days import days


@view_config(
    route_name="billing.costs.list", request_method="GET", renderer="admin/list.pt", permission=ADMIN_BILLING
)
def list_costs(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of person and role. Three queries."""
    asked = read_asked(request)
    people, roles = choices.names(choices.people(request)), choices.names(choices.roles(request))
    today = request.work.now.date()
    rows = [
        row
        for row in request.db.scalars(
            select(CostRate).order_by(CostRate.user_id, CostRate.role_id, CostRate.valid_from)
        )
        if asked.finds(
            f"{people.get(row.user_id, '')} {roles.get(row.role_id, '')}",
            disabled=row.valid_until is not None and row.valid_until <= today,
        )
    ]
    return list_values(
        request,
        asked,
        route="billing.costs.list",
        title="Cost rates",
        intro="What an hour of a person, or of a role, costs ourselves. Only reports of profit read it.",
        columns=("Whose", "An hour", "Work of"),
        lines=[
            Line(
                people.get(row.user_id, "somebody")
                if row.user_id is not None
                else f"Role {roles.get(row.role_id, 'disabled')}",
                request.route_path("billing.costs.modify", id=row.id),
                (shown(row.amount, row.currency), days(row.valid_from, row.valid_until)),
                "over" if row.valid_until is not None and row.valid_until <= today else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.costs.create"),
        create_label="New cost rate",
        empty="No cost rate yet: reports cannot say what was earned.",
    )
