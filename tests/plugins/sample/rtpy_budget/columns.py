"""A column of search results: the minutes that are left."""

from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.search.columns.column import BroughtColumn, Kind


def load_budget_left(work, ids):
    """By ticket; less than none when too many are booked."""
    budget = work.app.options["budget.minutes"]
    rows = work.db.execute(select(Ticket.id, Ticket.time_worked).where(Ticket.id.in_(ids)))
    return {ticket_id: budget - worked for ticket_id, worked in rows}


BUDGET_LEFT = BroughtColumn("Budget left", Kind.MINUTES, load_budget_left)
