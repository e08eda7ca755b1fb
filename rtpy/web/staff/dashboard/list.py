"""The dashboards that one may open."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.sharing import DASHBOARDS
from rtpy.search.dashboards import dashboards, home_of
from rtpy.web.shown import Link


@view_config(
    route_name="dashboard.list", request_method="GET", renderer="staff/dashboard/list.pt", permission=STAFF
)
def list_dashboards(resource: SystemResource, request: Request) -> dict[str, object]:
    """One's own, those of one's groups, and everybody's. One query."""
    work, me = request.work, request.login.user_id
    home = home_of(work)
    lines = [
        (
            each,
            request.route_path("dashboard.display", id=each.id),
            "for everybody" if each.owner_id is None else each.owner if each.is_group else "my own",
            each.id == home,
        )
        for each in dashboards(work)
    ]
    may = any(DASHBOARDS.changes(work.rights, me, each) for each in (me, None, *work.rights.principals))
    return {
        "crumbs": (Link("Home", request.route_path("home")),),
        "lines": lines,
        "create_url": request.route_path("dashboard.create") if may else None,
    }
