"""The custom roles that there are."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.changes.custom_roles import PLACE_KINDS
from rtpy.changes.roles import roles_of
from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.custom_role.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def list_roles(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name or the description, `?disabled=1` also those that are switched off."""
    asked = read_asked(request)
    found = [
        role
        for role in roles_of(request.app, request.db).by_role.values()
        if asked.finds(f"{role.name} {role.description}", disabled=not role.is_enabled)
    ]
    lines = [
        Line(
            role.name,
            request.route_path("admin.custom_role.modify", id=role.id),
            (
                "one person" if role.is_single else "people and groups",
                f"{len(role.places)} {PLACE_KINDS[role.lookup]}{'' if len(role.places) == 1 else 's'}",
                role.description,
            ),
            "" if role.is_enabled else "off",
        )
        for role in found[asked.offset : asked.offset + PER_PAGE + 1]
    ]
    return list_values(
        request,
        asked,
        route="admin.custom_role.list",
        title="Custom roles",
        intro="Roles of tickets beside Requestor, Cc, AdminCc and Owner, and of assets beside HeldBy and Contact: an "
        "approver, a technician on site, a supplier.",
        columns=("Role", "Played by", "Applies in", "What it is for"),
        lines=lines,
        create_url=request.route_path("admin.custom_role.create"),
        create_label="New role",
        empty="No roles yet besides those that every ticket and every asset has.",
    )
