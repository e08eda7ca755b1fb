"""Approved expenses, travel and parts as lines of an invoice."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.invoicing.grouping import WHOLE, LineDraft
from rtpy_billing.models import Expense, Invoice, InvoiceLine

THOUSAND = 1000


def expense_lines(db: Session, organization_id: int, until: date, currency: str) -> list[LineDraft]:
    """One line for each that is approved, spent before `until`, for the customer's eyes, and on no draft. One query."""
    on_drafts = (
        select(InvoiceLine.expense_id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.expense_id.is_not(None), Invoice.state == "draft", Invoice.kind == "invoice")
    )
    rows = db.scalars(
        select(Expense)
        .where(
            Expense.organization_id == organization_id,
            Expense.state == "approved",
            Expense.currency == currency,
            Expense.charge_mode.in_(("billable", "no_charge")),
            Expense.spent_on < until,
            Expense.id.not_in(on_drafts),
        )
        .order_by(Expense.spent_on, Expense.id)
    )
    return [_line(row) for row in rows]


def _line(row: Expense) -> LineDraft:
    return LineDraft(
        "expense",
        row.text + (f"\nSN {row.serial}" if row.serial else ""),
        row.quantity,
        THOUSAND,
        Unit(row.unit),
        row.price,
        discount=WHOLE if row.charge_mode == "no_charge" else 0,
        tax_class=row.tax_class,
        expense_id=row.id,
        period_start=row.spent_on,
        period_end=row.spent_on + timedelta(days=1),
        requests=[row.ticket_id] if row.ticket_id else [],
    )
