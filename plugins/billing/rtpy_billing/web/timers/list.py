"""One's own timers."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.shown import Link
from rtpy_billing.capture.kinds import all_work_types
from rtpy_billing.rights import LOG_TIME
from rtpy_billing.web.timers.panels import ASKED


@view_config(
    route_name="billing.timers.list",
    request_method="GET",
    renderer="billing/timers/list.pt",
    permission=LOG_TIME,
)
def list_timers(resource: SystemResource, request: Request) -> dict[str, object]:
    """What runs first, then what is paused; a form for a new one."""
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "clocks": request.clocks,
        "asked": ASKED,
        "work_types": all_work_types(request.work),
        "zone": request.zone,
    }
