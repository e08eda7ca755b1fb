"""Roles of work."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import Role
from rtpy_billing.rights import ADMIN_BILLING


@view_config(
    route_name="billing.roles.list", request_method="GET", renderer="admin/list.pt", permission=ADMIN_BILLING
)
def list_roles(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name. One query."""
    asked = read_asked(request)
    rows = [
        row
        for row in request.db.scalars(select(Role).order_by(Role.sort_order, Role.name))
        if asked.finds(f"{row.name} {row.shown_name}", disabled=row.disabled)
    ]
    return list_values(
        request,
        asked,
        route="billing.roles.list",
        title="Roles",
        intro="In what capacity people work: engineer, senior, architect. Rates come mainly from them.",
        columns=("Role", "For customers"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.roles.modify", id=row.id),
                (row.shown_name or row.name,),
                "disabled" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.roles.create"),
        create_label="New role",
        empty="No role yet.",
    )
