"""A dashboard: its panes, and the button that makes it one's home page."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.dashboards import set_home
from rtpy.errors import RtpyError
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Dashboard
from rtpy.search.dashboards import KnownDashboard, home_of, open_dashboard
from rtpy.search.saved import saved_searches
from rtpy.web.shown import Link
from rtpy.web.staff.dashboard.panes import show_pane


@view_config(
    route_name="dashboard.display",
    request_method="GET",
    renderer="staff/dashboard/display.pt",
    permission=STAFF,
)
def show_dashboard(resource: SystemResource, request: Request) -> dict[str, object]:
    """All panes; each asks a few queries of its own, whatever the number of its rows."""
    known = open_dashboard(request.work, int(request.matchdict["id"]))
    return {**dashboard_values(request, known), "crumbs": _crumbs(request)}


@view_config(route_name="dashboard.display", request_method="POST", permission=STAFF)
def choose_home(resource: SystemResource, request: Request) -> Response:
    """`do`: `home` makes it the reader's home page, `usual` gives them back the usual one."""
    known = open_dashboard(request.work, int(request.matchdict["id"]))
    row = request.db.get(Dashboard, known.id) if request.POST.get("do") == "home" else None
    try:
        set_home(request.work, row, request.login.user_id)
        request.flash(
            f"{known.name} is your home page now." if row else "You have the usual home page again."
        )
    except RtpyError as problem:
        request.flash(str(problem), "bad")
    return HTTPSeeOther(request.route_path("dashboard.display", id=known.id))


def dashboard_values(request: Request, known: KnownDashboard) -> dict[str, object]:
    """The values of staff/dashboard/display.pt but for the way to it."""
    searches = {each.id: each for each in saved_searches(request.work)}
    url = request.route_path("dashboard.display", id=known.id)
    return {
        "crumbs": (),
        "dashboard": known,
        "panes": [show_pane(request, pane, searches) for pane in known.panes],
        "url": url,
        "modify_url": f"{url}/modify" if known.may_change else None,
        "is_home": home_of(request.work) == known.id,
    }


def _crumbs(request: Request) -> tuple[Link, ...]:
    path = request.route_path
    return (Link("Home", path("home")), Link("Dashboards", path("dashboard.list")))
