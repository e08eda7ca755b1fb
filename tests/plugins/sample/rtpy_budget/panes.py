"""A pane of dashboards: the tickets that took more than the budget."""

from rtpy.rights.names import Right
from rtpy.search.portlet import BroughtPortlet
from rtpy_budget.report import tickets_over_budget


def read_over_budget(request, rows):
    """Those that the reader may see, at most so many. One query."""
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    tickets = tickets_over_budget(request.app, request.db, visible)[:rows]
    return {"tickets": tickets} if tickets else None


OVER_BUDGET = BroughtPortlet(
    "Over budget", "budget/pane.pt", read_over_budget, ("All within their budget", "Others will stand here.")
)
