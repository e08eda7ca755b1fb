"""What must hold together in billing: sums against what they are sums of, and numbers of documents."""

from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work
from rtpy_billing.models import EntryLine, Invoice, InvoiceLine, MovementRow, Series, WorkEntry
from rtpy_billing.repricing.reprice import reprice_all


def _wrong_sums() -> Any:
    """Entries whose own figures are not those of their priced lines."""
    sums = (
        select(
            EntryLine.entry_id,
            func.sum(EntryLine.billed_seconds).label("billed"),
            func.sum(EntryLine.amount).label("amount"),
        )
        .group_by(EntryLine.entry_id)
        .subquery("sums")
    )
    billed, amount = func.coalesce(sums.c.billed, 0), func.coalesce(sums.c.amount, 0)
    return (
        select(literal("entry"), WorkEntry.id, WorkEntry.amount, literal("but lines of"), amount)
        .outerjoin(sums, sums.c.entry_id == WorkEntry.id)
        .where(or_(WorkEntry.billed_seconds != billed, WorkEntry.amount != amount))
        .order_by(WorkEntry.id)
    )


def _wrong_invoices() -> Any:
    """Issued documents whose net sum is not that of their lines."""
    sums = (
        select(InvoiceLine.invoice_id, func.sum(InvoiceLine.net).label("net"))
        .group_by(InvoiceLine.invoice_id)
        .subquery("sums")
    )
    net = func.coalesce(sums.c.net, 0)
    return (
        select(literal("invoice"), Invoice.number, Invoice.net, literal("but lines of"), net)
        .outerjoin(sums, sums.c.invoice_id == Invoice.id)
        .where(Invoice.state != "draft", Invoice.net != net)
        .order_by(Invoice.id)
    )


def _numbers_out_of_step() -> Any:
    """Series that would give a number a second time."""
    return (
        select(literal("series"), Series.id, literal("goes on with"), Series.next_number)
        .join(Invoice, Invoice.series_id == Series.id)
        .group_by(Series.id, Series.next_number)
        .having(func.max(Invoice.sequence) >= Series.next_number)
        .order_by(Series.id)
    )


def _uses_without_work() -> Any:
    """Uses of a balance that are final, while the work that they paid for is not on an invoice."""
    left = (
        select(MovementRow.entry_id)
        .where(MovementRow.kind == "use", MovementRow.entry_id.is_not(None))
        .group_by(MovementRow.entry_id)
        .having(func.sum(MovementRow.quantity) != 0)
        .subquery("used")
    )
    return (
        select(literal("entry"), WorkEntry.id, WorkEntry.state)
        .join(left, and_(left.c.entry_id == WorkEntry.id))
        .where(WorkEntry.state != "invoiced")
        .order_by(WorkEntry.id)
    )


def _look(query: Any) -> Any:
    def look(work: Work) -> Found:
        return count_rows(work, query())

    return look


def _price_again(work: Work) -> int:
    return len(reprice_all(work.as_system()))


VALIDATIONS = (
    Validation(
        "billing.entry_sums",
        "work entries have other sums than their lines",
        _look(_wrong_sums),
        "All open work is priced again; what is approved or invoiced is never changed.",
        _price_again,
    ),
    Validation(
        "billing.invoice_sums",
        "issued documents have another net sum than their lines",
        _look(_wrong_invoices),
        "Issued documents are never changed: look at them, and credit what is wrong.",
    ),
    Validation(
        "billing.numbers",
        "series of documents would give a number a second time",
        _look(_numbers_out_of_step),
        "Ask whoever restored or imported the documents: numbers must follow one another.",
    ),
    Validation(
        "billing.balances",
        "uses of balances are final, and their work is not on an invoice",
        _look(_uses_without_work),
        "Bill the work, or give it back with a correction of the balance.",
    ),
)
