"""A field of searches: `BudgetLeft < 0` finds the tickets that are over their budget."""

from sqlalchemy import literal

from rtpy.models import Ticket
from rtpy.search.compiling.plain import numbers_of
from rtpy.search.compiling.text import NUMBER, compare_number
from rtpy.search.fields.field import Kind, SearchField


def left(asking):
    """The minutes that are left of a ticket's budget, as SQL."""
    return literal(asking.work.app.options["budget.minutes"]) - Ticket.time_worked


BUDGET_LEFT = SearchField(
    "BudgetLeft",
    Kind.NUMBER,
    NUMBER,
    lambda asking, term: compare_number(left(asking), term.operator, numbers_of(term)),
    help="The minutes that are left of its budget.",
    order=lambda asking, path: () if path else (left(asking),),
)
