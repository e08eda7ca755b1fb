"""Which tickets are over their budget, and the file in the home that says so."""

from sqlalchemy import select

from rtpy.models import Ticket


def tickets_over_budget(app, db, *further):
    """Those that are not closed, by minutes; `further` are clauses, such as what a reader may see."""
    query = (
        select(Ticket)
        .where(Ticket.status.in_(app.lifecycles.active_statuses()), Ticket.merged_into_id.is_(None))
        .where(Ticket.time_worked > app.options["budget.minutes"], *further)
        .order_by(Ticket.time_worked.desc(), Ticket.id)
    )
    return list(db.scalars(query))


def lines(app, db):
    """One line for each of them."""
    return [f"#{ticket.id} {ticket.time_worked} {ticket.subject}" for ticket in tickets_over_budget(app, db)]


def write_report(app):
    """A round of the worker: 1 when the file had to be written anew, 0 when there was nothing to do."""
    with app.work(reading=True) as work:
        text = "\n".join([*lines(app, work.db), ""])
    file = app.config.home / "over-budget.txt"
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return 0
    file.write_text(text, encoding="utf-8")
    return 1
