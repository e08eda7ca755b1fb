"""Whether the work on a draft is still priced as it was when the draft was made."""

from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy_billing.invoicing.unbilled import BILLED, READY
from rtpy_billing.models import EntryLine, Invoice, InvoiceLine, WorkEntry
from rtpy_billing.pricing.words import Outcome

_WORK = (
    select(
        InvoiceLine.id,
        EntryLine.outcome,
        EntryLine.is_lump,
        EntryLine.charged_rate,
        func.sum(EntryLine.billed_seconds).label("seconds"),
        func.sum(EntryLine.amount).label("amount"),
    )
    .join(EntryLine, EntryLine.invoice_line_id == InvoiceLine.id)
    .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
    .where(WorkEntry.state.in_(READY), EntryLine.outcome.in_(BILLED), InvoiceLine.source == "work")
    .group_by(InvoiceLine.id, EntryLine.outcome, EntryLine.is_lump, EntryLine.charged_rate)
)


def stale_lines(db: Session, invoice: Invoice) -> tuple[int, ...]:
    """Positions of the lines of work that do not say what the work behind them now comes to. Two queries.

    Cover moves until work is invoiced: an entry of an earlier day that came late takes hours from a block that
    this draft had counted on.
    """
    now: dict[int, list[Any]] = {}  # rows of the query
    for row in db.execute(_WORK.where(InvoiceLine.invoice_id == invoice.id)):
        now.setdefault(row.id, []).append(row)
    lines = db.scalars(
        select(InvoiceLine)
        .where(InvoiceLine.invoice_id == invoice.id, InvoiceLine.source == "work")
        .order_by(InvoiceLine.position)
    )
    return tuple(line.position for line in lines if not _agrees(line, now.get(line.id, [])))


def _agrees(line: InvoiceLine, found: list[Any]) -> bool:
    if len(found) != 1:
        return False
    row = found[0]
    seconds, amount, outcome, rate = int(row.seconds), int(row.amount), row.outcome, row.charged_rate
    if outcome == Outcome.CHARGED and not (row.is_lump or rate is None):
        return (
            Fraction(line.quantity, line.quantity_base) == Fraction(seconds, 3600) and line.seconds == seconds
        )
    if outcome == Outcome.CHARGED:
        return (line.seconds or 0) == seconds and line.unit_price == amount
    if outcome == Outcome.COVERED:
        return line.unit_price == 0 and line.seconds == seconds
    return line.discount > 0 and line.seconds == seconds
