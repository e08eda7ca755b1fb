"""All reports."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.shown import Link
from rtpy_billing.reports.all import REPORTS
from rtpy_billing.rights import SEE_MONEY


@view_config(
    route_name="billing.reports.list",
    request_method="GET",
    renderer="billing/reports/list.pt",
    permission=SEE_MONEY,
)
def show_reports(resource: SystemResource, request: Request) -> dict[str, object]:
    """Each with the question that it answers."""
    path = request.route_path
    return {
        "crumbs": (Link("Home", path("home")),),
        "reports": [
            (each.title, each.question, path("billing.reports.display", name=each.name)) for each in REPORTS
        ],
        "board_url": path("billing.loose_ends.board"),
    }
