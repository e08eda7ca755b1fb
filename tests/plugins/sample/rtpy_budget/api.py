"""The address /REST/2.0/budget for programs: the tickets over their budget."""

from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route
from rtpy.rest2.values import Ref, stub
from rtpy.rights.names import Right
from rtpy_budget.report import tickets_over_budget


class OverBudget(Resource):
    """GET: references to the tickets over their budget that the caller may see."""

    methods = ("GET",)

    def is_forbidden(self):
        """Staff alone."""
        return not self.call.login.is_privileged

    def get(self):
        """The minutes of the budget, and the tickets."""
        work = self.work
        visible = work.rights.of(Right.SHOW_TICKET).visible()
        found = tickets_over_budget(work.app, work.db, visible)
        return {
            "Budget": work.app.options["budget.minutes"],
            "items": [{**stub(self.call, Ref("ticket", each.id)), "Subject": each.subject} for each in found],
        }


ROUTES = (Route("budget", OverBudget, "Tickets over their budget"),)
