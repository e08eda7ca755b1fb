"""The page behind an invoice that lists the single entries, for customers who want them."""

from collections.abc import Iterable

from sqlalchemy import select

from rtpy.history.customer_side import kept_among
from rtpy.models import Ticket, User
from rtpy.work import Work
from rtpy_billing.documents.snapshot import WorkRow
from rtpy_billing.invoicing.words import words_of
from rtpy_billing.models import EntryLine, Invoice, InvoiceLine, Role, WorkEntry, WorkType
from rtpy_billing.pricing.words import Outcome

_ROWS = (
    select(
        EntryLine.customer_on,
        EntryLine.billed_seconds,
        EntryLine.outcome,
        EntryLine.amount,
        WorkEntry.note_customer,
        WorkEntry.ticket_id,
        Ticket.subject,
        WorkType.name.label("work_type"),
        Role.name.label("role"),
        User.real_name,
        User.name,
    )
    .join(InvoiceLine, InvoiceLine.id == EntryLine.invoice_line_id)
    .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
    .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
    .outerjoin(WorkType, WorkType.id == EntryLine.work_type_id)
    .outerjoin(Role, Role.id == EntryLine.role_id)
    .outerjoin(User, User.id == WorkEntry.worked_by_id)
    .order_by(EntryLine.customer_on, EntryLine.entry_id, EntryLine.segment, EntryLine.part)
)


def annex_of(work: Work, invoice: Invoice, language: str, *, shows_names: bool) -> tuple[WorkRow, ...]:
    """One row for each stretch of work that the invoice bills, with the note for the customer. Two queries.

    What is kept from customers stands as work without a request.
    """
    words = words_of(language)
    notes = {Outcome.NO_CHARGE.value: words.no_charge, Outcome.COVERED.value: words.covered}
    found = work.db.execute(_ROWS.where(InvoiceLine.invoice_id == invoice.id)).all()
    kept = kept_among(work, {row.ticket_id for row in found if row.ticket_id is not None})
    rows: Iterable[WorkRow] = (
        WorkRow(
            row.customer_on,
            " ".join(row.note_customer.split())
            or (row.ticket_id not in kept and row.subject)
            or row.work_type
            or words.work,
            row.billed_seconds,
            who=(row.real_name or row.name) if shows_names else row.role or "",
            work_type=row.work_type or "",
            request=None if row.ticket_id in kept else row.ticket_id,
            note=notes.get(row.outcome, ""),
            amount=row.amount if row.outcome == Outcome.CHARGED.value else None,
        )
        for row in found
    )
    return tuple(rows)
