"""Rounding rules."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import RoundingRuleRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.rounding_rules import GROUPINGS, scope_of
from rtpy_billing.web import choices
from rtpy_billing.web.scopes import Scopes


@view_config(
    route_name="billing.rounding.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_rounding(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of name and customer. Four queries."""
    asked = read_asked(request)
    scopes = Scopes(request)
    types = choices.names(choices.work_types(request), "any")
    rows = [
        row
        for row in request.db.scalars(select(RoundingRuleRow).order_by(RoundingRuleRow.name))
        if asked.finds(f"{row.name} {scopes.name(*scope_of(row))}", disabled=False)
    ]
    return list_values(
        request,
        asked,
        route="billing.rounding.list",
        title="Rounding",
        intro="How worked time becomes billed time. Without a rule every minute is billed as it was worked.",
        columns=("Rule", "For", "Work type", "At least", "In steps of", "Together"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.rounding.modify", id=row.id),
                (
                    scopes.name(*scope_of(row)),
                    types.get(row.work_type_id, "disabled work type"),
                    f"{row.minimum // 60} min" if row.minimum else "–",
                    f"{row.increment // 60} min" if row.increment else "–",
                    GROUPINGS[row.grouping],
                ),
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.rounding.create"),
        create_label="New rule",
        empty="No rule yet: billed time is worked time.",
        can_be_disabled=False,
    )
