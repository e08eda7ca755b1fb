"""What stands on pages of the core: a strip on tickets, a word in the bar, lines of menus, a field of the composer."""

from rtpy.changes.ticket.time import AddTime
from rtpy.errors import Invalid, Problem
from rtpy.rights.names import QUEUE, SYSTEM, Category, RightHelp
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel

RIGHTS = {
    "SeeBudgets": RightHelp((SYSTEM, QUEUE), Category.STAFF, "See how much of a ticket's budget is left."),
}


def show_left(request, resource):
    """What is left on this ticket; nothing for who must not know. No query."""
    if not resource.allows("SeeBudgets"):
        return None
    return {"left": request.app.options["budget.minutes"] - resource.ticket.time_worked}


def show_field(request, resource):
    """The field of the composer, with what was typed when the form comes back."""
    return {"typed": request.POST.get("budget.travel", "")}


PANELS = [
    Panel("ticket.display.head", "budget/left.pt", show_left),
    Panel("ticket.reply", "budget/travel.pt", show_field),
    Panel(
        "page.header",
        "budget/header.pt",
        lambda request, _: {"minutes_each": request.app.options["budget.minutes"]},
    ),
    Panel("organization.display", "budget/broken.pt", lambda request, organization: {}),
]
MENU = [MenuEntry("Budgets", "Over budget", "budget.over", "clock", ("SeeBudgets",), count=lambda request: 3)]
ADMIN_PAGES = [AdminPage("Budgets", "Over budget", "budget.over", "clock", "Tickets that took too long.")]


def add_travel(deed, given):
    """The minutes of the way, booked beside those of the reply."""
    typed = given.get("budget.travel", "")
    if deed != "reply" or not typed:
        return ()
    if not typed.isdigit() or len(typed) > 3:
        raise Invalid(Problem("budget.travel", "Travel must be whole minutes."))
    return (AddTime(int(typed)),)
