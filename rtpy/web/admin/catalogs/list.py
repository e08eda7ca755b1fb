"""All catalogs of assets that the reader may change."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.names import Right
from rtpy.search.assets import known_catalogs
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.catalog.list", request_method="GET", renderer="admin/list.pt", permission=STAFF
)
def list_catalogs(resource: SystemResource, request: Request) -> dict[str, object]:
    """By order and name. No query as a rule."""
    asked = read_asked(request)
    grants = request.work.rights.of(Right.ADMIN_CATALOG)
    found = [
        each
        for each in known_catalogs(request.app, request.db).values()
        if grants.on("catalog", each.id) and asked.finds(each.name, disabled=each.disabled)
    ]
    return list_values(
        request,
        asked,
        route="admin.catalog.list",
        title="Catalogs",
        intro="A catalog holds assets of one kind. It says which statuses they have and who may see them.",
        columns=("Catalog", "Lifecycle", "What for"),
        lines=[
            Line(
                each.name,
                request.route_path("admin.catalog.modify", id=each.id),
                (each.lifecycle, each.description),
                "switched off" if each.disabled else "",
            )
            for each in found[asked.offset :][: PER_PAGE + 1]
        ],
        create_url=request.route_path("admin.catalog.create")
        if request.work.rights.system(Right.ADMIN_CATALOG)
        else None,
        create_label="New catalog",
        empty="No catalogs yet. Assets need one: make the first.",
    )
