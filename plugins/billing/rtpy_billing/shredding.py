"""What goes with a ticket or a person that is shredded, and what must stay: work that stands on an invoice."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_, select

from rtpy.models import Ticket, User
from rtpy.shredding.plan import Plan
from rtpy.work import Work
from rtpy_billing.models import (
    EntryLine,
    Expense,
    Invoice,
    InvoiceLine,
    MovementRow,
    Suggestion,
    Timer,
    WorkEntry,
)
from rtpy_billing.repricing.reprice import reprice

AT_ONCE = 400


def shred(work: Work, plan: Plan) -> None:
    """Entries, expenses, timers and suggestions go with their ticket, unless an invoice or a balance holds them."""
    tickets = plan.ids(Ticket)
    for clause in _parts(tickets):
        _refuse_billed(plan, WorkEntry.ticket_id.in_(clause), Expense.ticket_id.in_(clause))
    if plan.kind == "user":
        people = plan.ids(User)
        _refuse_billed(plan, WorkEntry.worked_by_id.in_(people), Expense.user_id.in_(people))
    for model in (WorkEntry, Expense, Timer, Suggestion):
        plan.take_all(model, model.ticket_id, tickets)
    entries = plan.ids(WorkEntry)
    plan.take_all(Suggestion, Suggestion.entry_id, entries)
    customers: set[int | None] = set()
    for part in _parts(entries):
        query = select(WorkEntry.organization_id).where(WorkEntry.id.in_(part)).distinct()
        customers |= set(work.db.scalars(query))
    if customers:
        plan.afterwards["billing"] = lambda: _price_anew(work, customers)


def _price_anew(work: Work, customers: set[int | None]) -> None:
    """What is left may draw from balances now what the others had taken."""
    for organization_id in sorted(customers, key=lambda each: each or 0):
        reprice(work, organization_id)


def _refuse_billed(plan: Plan, entries: ColumnElement[bool], expenses: ColumnElement[bool]) -> None:
    db = plan.db
    of_entry = (
        select(Invoice.number, Invoice.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(EntryLine, EntryLine.invoice_line_id == InvoiceLine.id)
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(entries)
    )
    of_expense = (
        select(Invoice.number, Invoice.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(Expense, Expense.id == InvoiceLine.expense_id)
        .where(expenses)
    )
    found = {row.id: row.number for query in (of_entry, of_expense) for row in db.execute(query.distinct())}
    if found:
        named = ", ".join(
            number or f"draft {key}" for key, number in sorted(found.items(), key=lambda each: each[0])[:10]
        )
        plan.refuse(
            f"Work of it stands on invoices that the law wants kept, with what proves them: {named}. "
            "Anonymise the person instead, or take the work off a draft first."
        )
        return
    frozen = select(WorkEntry.id).where(
        entries,
        or_(
            WorkEntry.state == "invoiced",
            WorkEntry.id.in_(select(MovementRow.entry_id).where(MovementRow.entry_id.is_not(None))),
        ),
    )
    if db.scalar(frozen.limit(1)) is not None:
        plan.refuse("Work of it is billed, and balances of customers were settled with it: it must be kept.")


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
