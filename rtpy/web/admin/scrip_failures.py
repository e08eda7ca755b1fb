"""Scrips that failed, with the reason: the change went on without them."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.scrips.engine import failed_scrips
from rtpy.web.shown import Link

MOST = 200


@view_config(
    route_name="admin.scrip_failures",
    request_method="GET",
    renderer="admin/scrip_failures.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def show_failures(resource: SystemResource, request: Request) -> dict[str, object]:
    """The latest ones, newest first."""
    path = request.route_path
    failed = failed_scrips(request.db, MOST)
    return {
        "crumbs": (Link("Home", path("home")), Link("Administration", path("admin.home"))),
        "lines": [
            (
                each,
                request.when(each.created),
                f"{path('ticket.history', id=each.ticket_id)}#txn-{each.transaction_id}",
            )
            for each in failed
        ],
        "most": MOST,
    }
