"""Crediting: a note, first as a draft, that takes back an issued invoice wholly or in part."""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.drafts import refigure
from rtpy_billing.invoicing.previewing import lines_of
from rtpy_billing.models import Invoice, InvoiceLine
from rtpy_billing.rights import ISSUE_INVOICES


def credit_invoice(
    work: Work,
    invoice: Invoice,
    reason: str,
    quantities: Mapping[int, Fraction] | None = None,
    *,
    releases: bool = True,
) -> Invoice:
    """Draft the note that takes back `quantities` (by position on the invoice), or all that is left of it.

    `releases`: the work behind it is unbilled again once the note is issued. Needs IssueInvoices. Raises Invalid when
    a line has less left than asked for, Refused when there is a draft of a note already.
    """
    need_system(work, ISSUE_INVOICES)
    lock_name(work.db, f"billing credit of {invoice.id}")
    if invoice.kind != "invoice" or invoice.state == "draft":
        raise Refused("Only an issued invoice can be credited.")
    if invoice.state == "credited":
        raise Refused("All of this invoice was credited already.")
    notes = work.db.scalars(select(Invoice).where(Invoice.credits_id == invoice.id)).all()
    if any(note.state == "draft" for note in notes):
        raise Refused(
            "There is a draft of a credit note for this invoice already: issue it or throw it away."
        )
    if not reason.strip():
        raise Invalid(Problem("reason", "Say why: the customer reads it on the credit note."))
    whole = Snapshot.from_json(invoice.snapshot or {})
    earlier = [Snapshot.from_json(note.snapshot or {}) for note in sorted(notes, key=lambda note: note.id)]
    made = credit(whole, whole.issued_on, reason, quantities, earlier)
    note = Invoice(
        kind="credit_note",
        state="draft",
        seller_id=invoice.seller_id,
        organization_id=invoice.organization_id,
        agreement_id=invoice.agreement_id,
        credits_id=invoice.id,
        credit_reason=reason.strip(),
        currency=invoice.currency,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        purchase_order=invoice.purchase_order,
        created=work.now,
        created_by_id=work.actor.user_id,
        note="",
        version=0,
    )
    work.db.add(note)
    work.db.flush()
    of_line = {f"line:{line.id}": line for line in lines_of(work.db, invoice)}
    for part in made.lines:
        line = of_line[part.source]
        work.db.add(_line(note, line, part.quantity, part.net, releases=releases))
    refigure(work, note)
    return note


def _line(note: Invoice, line: InvoiceLine, quantity: Fraction, net: int, *, releases: bool) -> InvoiceLine:
    is_whole = quantity == Fraction(line.quantity, line.quantity_base)
    return InvoiceLine(
        invoice_id=note.id,
        position=line.position,
        source=line.source,
        agreement_line_id=line.agreement_line_id,
        bills=line.bills,
        expense_id=line.expense_id,
        credits_line_id=line.id,
        period_start=line.period_start,
        period_end=line.period_end,
        heading=line.heading,
        text=line.text,
        seconds=line.seconds if is_whole else None,
        quantity=quantity.numerator,
        quantity_base=quantity.denominator,
        unit=line.unit,
        unit_price=line.unit_price,
        price_base=line.price_base,
        discount=line.discount,
        discount_reason=line.discount_reason,
        net=net,
        tax_class=line.tax_class,
        account=line.account,
        requests=line.requests,
        # A fee of a period cannot be billed in halves: only the whole of it comes back.
        released=releases and (is_whole or line.source == "work"),
    )
