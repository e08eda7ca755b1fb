"""The page /budget."""

from pyramid.view import view_config

from rtpy.http.security import STAFF
from rtpy.rights.names import Right
from rtpy_budget.report import tickets_over_budget


def includeme(config):
    """Route and view; the route's name begins with the plugin's."""
    config.add_route("budget.over", "/budget")
    config.scan("rtpy_budget.web")


@view_config(route_name="budget.over", request_method="GET", renderer="budget/over.pt", permission=STAFF)
def show_over_budget(request):
    """The tickets over their budget that the reader may see."""
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    return {
        "tickets": tickets_over_budget(request.app, request.db, visible),
        "budget": request.app.options["budget.minutes"],
        "nothing": request.translate("No ticket is over its budget.", domain="budget"),
    }
