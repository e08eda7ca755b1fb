"""What was seen and not logged; one key logs it, another says that it was nothing."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.shown import Link
from rtpy_billing.capture.suggesting import open_suggestions
from rtpy_billing.rights import LOG_TIME


@view_config(
    route_name="billing.suggestions.list",
    request_method="GET",
    renderer="billing/suggestions/list.pt",
    permission=LOG_TIME,
)
def list_suggestions(resource: SystemResource, request: Request) -> dict[str, object]:
    """One's own."""
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "proposed": open_suggestions(request.work),
    }


def show_home(request: Request, _: object) -> Mapping[str, Any] | None:
    """On the first page: how many there are. One query."""
    if not request.work.rights.system(LOG_TIME):
        return None
    found = open_suggestions(request.work)
    return {"count": len(found), "minutes_in_all": sum(each.minutes for each in found)} if found else None
