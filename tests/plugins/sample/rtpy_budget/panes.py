"""A pane of dashboards: the tickets that took more than the budget."""

from rtpy.rights.names import Right
from rtpy.search.portlet import BroughtPortlet, PortletRow, PortletTable
from rtpy_budget.report import tickets_over_budget


def read_over_budget(request, rows):
    """Those that the reader may see, at most so many. One query."""
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    tickets = tickets_over_budget(request.app, request.db, visible)[:rows]
    return {"tickets": tickets} if tickets else None


def mail_over_budget(work, rows):
    """The same for dashboards by mail. One query."""
    visible = work.rights.of(Right.SHOW_TICKET).visible()
    tickets = tickets_over_budget(work.app, work.db, visible)[:rows]
    lines = [PortletRow((each.subject, str(each.time_worked)), f"/ticket/{each.id}") for each in tickets]
    return PortletTable(("Ticket", "Minutes"), lines)


OVER_BUDGET = BroughtPortlet(
    "Over budget",
    "budget/pane.pt",
    read_over_budget,
    ("All within their budget", "Others will stand here."),
    mail_over_budget,
)
