"""A draft as the document that it would become: free, as often as one likes, and without a number."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.errors import Invalid, Problem
from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.drawing_up import draw_line, draw_up
from rtpy_billing.documents.snapshot import DocumentKind, Line, Snapshot, Unit, WorkRow
from rtpy_billing.invoicing.annexing import annex_of
from rtpy_billing.invoicing.hiding import hidden_in, named_in
from rtpy_billing.invoicing.parties import bank_accounts, customer_party, seller_party
from rtpy_billing.invoicing.taxing import tax_lines
from rtpy_billing.invoicing.words import words_of
from rtpy_billing.models import Agreement, Customer, Invoice, InvoiceLine, Seller
from rtpy_billing.money import Rounding
from rtpy_billing.periods.period import day_of
from rtpy_billing.setting_up.tax_rates import tax_rates
from rtpy_billing.taxes.arithmetic import discount_after_tax, discount_on_document, sum_up
from rtpy_billing.taxes.values import Adjustment, Deduction, Tax

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Around:
    """What a document is drawn up from, beside its lines."""

    seller: Seller
    customer: Customer | None
    organization: Organization
    agreement: Agreement | None
    today: date

    @property
    def language(self) -> str:
        """The customer's, else the seller's."""
        return self.customer.language if self.customer else self.seller.language


@dataclass(frozen=True, slots=True)
class Preview:
    """The document without its number; `problems` keep it from being issued."""

    snapshot: Snapshot
    around: Around
    problems: tuple[Problem, ...] = ()
    lines: tuple[InvoiceLine, ...] = field(default=())


def around_of(work: Work, invoice: Invoice) -> Around:
    """The seller, the customer and the agreement of a document. Four queries."""
    db = work.db
    seller = db.get_one(Seller, invoice.seller_id)
    return Around(
        seller,
        db.get(Customer, invoice.organization_id),
        db.get_one(Organization, invoice.organization_id),
        db.get(Agreement, invoice.agreement_id) if invoice.agreement_id else None,
        day_of(work.now, ZoneInfo(seller.zone)),
    )


def lines_of(db: Session, invoice: Invoice) -> list[InvoiceLine]:
    """Its lines in their order."""
    return list(
        db.scalars(
            select(InvoiceLine)
            .where(InvoiceLine.invoice_id == invoice.id)
            .order_by(InvoiceLine.position, InvoiceLine.id)
        )
    )


def preview(work: Work, invoice: Invoice) -> Preview:
    """What would be issued today. A bounded number of queries, and nothing is written."""
    around, lines = around_of(work, invoice), lines_of(work.db, invoice)
    if invoice.kind == "credit_note":
        return _credit_note(work, invoice, around, lines)
    return _invoice(work, invoice, around, lines)


def _invoice(work: Work, invoice: Invoice, around: Around, rows: list[InvoiceLine]) -> Preview:
    seller, customer, day = around.seller, around.customer, around.today
    buyer = customer_party(customer, around.organization.name)
    rounding = Rounding(seller.rounding)
    plain_rows = [row for row in rows if row.source != "discount"]
    taxed = tax_lines(tax_rates(work.db), seller, customer, buyer, plain_rows, day, around.language)
    hidden = hidden_in(work, plain_rows)
    lines = [_line(at, row, taxed.taxes[row.id], rounding, hidden) for at, row in enumerate(plain_rows, 1)]
    adjustments, deductions = _discounts(rows, lines, seller, rounding)
    due_on = day + timedelta(days=customer.terms_days if customer else 0)
    agreement = around.agreement
    snapshot = draw_up(
        DocumentKind.INVOICE,
        seller_party(seller),
        buyer,
        lines,
        adjustments,
        deductions,
        payable_step=seller.payable_step,
        rounding=rounding,
        issued_on=day,
        currency=invoice.currency,
        due_on=due_on,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        bank_accounts=bank_accounts(seller),
        terms=_terms(seller, customer, due_on, around.language),
        notes=(invoice.note,) if invoice.note.strip() else (),
        footer=tuple(line.strip() for line in seller.footer.splitlines() if line.strip()),
        buyer_reference=customer.buyer_reference if customer else "",
        purchase_order=invoice.purchase_order,
        agreement=agreement.number if agreement else "",
        language=around.language,
        accent=seller.accent,
        annex=_annex(work, invoice, around),
    )
    problems = (
        *_missing(around, invoice, lines),
        *taxed.problems,
        *named_in(work, plain_rows, hidden),
    )
    return Preview(snapshot, around, problems, tuple(rows))


def _line(
    position: int, row: InvoiceLine, tax: Tax, rounding: Rounding, hidden: frozenset[int] = frozenset()
) -> Line:
    text, *details = row.text.splitlines() or [""]
    is_free = row.discount == WHOLE or (row.unit_price == 0 and row.source == "work")
    return draw_line(
        position,
        text,
        Fraction(row.quantity, row.quantity_base),
        Unit(row.unit),
        row.unit_price,
        tax,
        price_base=row.price_base,
        discount_rate=row.discount,
        rounding=rounding,
        discount_reason=row.discount_reason,
        details=tuple(line for line in details if line.strip()),
        heading=row.heading,
        period_start=row.period_start if row.period_end else None,
        period_end=row.period_end,
        requests=tuple(number for number in row.requests or () if number not in hidden),
        seconds=row.seconds,
        account=row.account,
        is_no_charge=is_free,
        source=f"line:{row.id}",
    )


def _discounts(
    rows: list[InvoiceLine], lines: list[Line], seller: Seller, rounding: Rounding
) -> tuple[list[Adjustment], list[Deduction]]:
    """Discounts on the whole document: allowances, or (where the law wants the base left alone) deductions."""
    nets = [(line.tax, line.net) for line in lines]
    adjustments: list[Adjustment] = []
    deductions: list[Deduction] = []
    for row in rows:
        if row.source != "discount" or not row.discount:
            continue
        text = row.text.splitlines()[0] if row.text.strip() else row.heading
        if seller.discount_keeps_base:
            deductions.append(discount_after_tax(sum_up(nets), text, row.discount, rounding))
        else:
            adjustments += discount_on_document(nets, text, rate=row.discount, rounding=rounding)
    return adjustments, deductions


def _terms(seller: Seller, customer: Customer | None, due_on: date, language: str) -> str:
    days = str(customer.terms_days if customer else 0)
    return seller.terms.replace("{days}", days).replace("{due}", words_of(language).day(due_on))


def _annex(work: Work, invoice: Invoice, around: Around) -> tuple[WorkRow, ...]:
    customer = around.customer
    if customer is None or not customer.is_annexed:
        return ()
    return annex_of(work, invoice, around.language, shows_names=customer.shows_names)


def _missing(around: Around, invoice: Invoice, lines: list[Line]) -> list[Problem]:
    """What must be there before it can be issued."""
    customer, agreement = around.customer, around.agreement
    asked = (
        (lines, "lines", "There is no line on it."),
        (customer, "customer", f"Nothing is known of {around.organization.name} for billing."),
        (
            customer is None or (customer.street and customer.city and customer.country),
            "customer",
            "The customer's address is not complete: street, city and country are needed.",
        ),
        (around.seller.country, "seller", "The seller has no country."),
        (
            not (agreement and agreement.purchase_order_required) or invoice.purchase_order,
            "purchase_order",
            "This agreement needs the number of a purchase order on each invoice.",
        ),
        (
            all(line.text.strip() for line in lines),
            "lines",
            "A line has no description.",
        ),
    )
    return [Problem(name, sentence) for good, name, sentence in asked if not good]


def _credit_note(work: Work, invoice: Invoice, around: Around, rows: list[InvoiceLine]) -> Preview:
    """From the snapshot of the invoice that it takes back, so names and taxes are those of then."""
    original = work.db.get_one(Invoice, invoice.credits_id)
    by_id = {row.id: row for row in lines_of(work.db, original)}
    whole = Snapshot.from_json(original.snapshot or {})
    positions = {line.source: line.position for line in whole.lines}
    quantities = {
        positions[f"line:{row.credits_line_id}"]: Fraction(row.quantity, row.quantity_base)
        for row in rows
        if row.credits_line_id in by_id
    }
    earlier = [
        Snapshot.from_json(snapshot or {})
        for snapshot in work.db.scalars(
            select(Invoice.snapshot)
            .where(Invoice.credits_id == original.id, Invoice.state != "draft")
            .order_by(Invoice.id)
        )
    ]
    try:
        snapshot = credit(whole, around.today, invoice.credit_reason, quantities, earlier)
    except Invalid as invalid:
        empty = draw_up(
            DocumentKind.CREDIT_NOTE,
            whole.seller,
            whole.buyer,
            (),
            issued_on=around.today,
            currency=invoice.currency,
            language=whole.language,
        )
        return Preview(empty, around, invalid.problems, tuple(rows))
    return Preview(snapshot, around, (), tuple(rows))
