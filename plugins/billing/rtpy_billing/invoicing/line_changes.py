"""Changing the lines of a draft: texts, discounts, lines of one's own. What is issued never changes."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.errors import NotFound, Refused
from rtpy.work import Work
from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.invoicing.drafts import lock_draft, net_of, refigure, release_lines
from rtpy_billing.models import Invoice, InvoiceLine, Seller
from rtpy_billing.money import Rounding, plain
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.setting_up.tax_rates import tax_classes
from rtpy_billing.typed import Typed

UNITS = {
    Unit.PIECE.value: "Pieces",
    Unit.HOUR.value: "Hours",
    Unit.DAY.value: "Days",
    Unit.MONTH.value: "Months",
    Unit.KILOMETRE.value: "Kilometres",
    Unit.LUMP_SUM.value: "Lump sum",
}
MANUAL = "manual"


def find_line(work: Work, invoice: Invoice, line_id: int) -> InvoiceLine:
    """A line of this document. Raises NotFound."""
    line = work.db.get(InvoiceLine, line_id)
    if line is None or line.invoice_id != invoice.id:
        raise NotFound("There is no such line on this document.")
    return line


def typed_line(line: InvoiceLine | None, currency: str) -> dict[str, str]:
    """The present values as the form shows them."""
    if line is None:
        return {"quantity": "1", "unit": Unit.PIECE.value, "tax_class": "standard"}
    quantity = Fraction(line.quantity, line.quantity_base)
    return {
        "text": line.text,
        "heading": line.heading,
        "quantity": f"{float(quantity):.4f}".rstrip("0").rstrip("."),
        "unit": line.unit,
        "unit_price": plain(line.unit_price, currency),
        "discount": f"{line.discount / 100:g}" if line.discount else "",
        "discount_reason": line.discount_reason,
        "tax_class": line.tax_class,
    }


def save_line(
    work: Work, invoice: Invoice, line: InvoiceLine | None, given: Mapping[str, str], version: int
) -> None:
    """Change a line of a draft, or add one (None). Quantity and price only of lines that somebody added.

    Work, fees and expenses keep quantity and price: what they are is decided where they come from. Needs
    IssueInvoices. Raises Invalid, Conflict.
    """
    need_system(work, ISSUE_INVOICES)
    draft = _invoice(work, invoice, version)
    typed = Typed(given)
    text = typed.long_text("text", 4000)
    if not text:
        typed.wrong("text", "The customer wants to read what it is.")
    heading, reason = typed.text("heading", 255), typed.text("discount_reason", 255)
    discount = typed.percent("discount") or 0
    if discount < 0:
        typed.wrong("discount", "A discount is not negative; add a line instead.")
    tax_class = typed.choice("tax_class", tax_classes(work.db), "standard")
    is_manual = line is None or line.source == MANUAL
    quantity, unit, price = Fraction(1), Unit.PIECE.value, 0
    if is_manual:
        quantity = read_quantity(typed, "quantity")
        unit = typed.choice("unit", UNITS, Unit.PIECE.value)
        price = typed.amount("unit_price", draft.currency, signed=True) or 0
    typed.check()
    if line is None:
        last = work.db.scalar(
            select(func.max(InvoiceLine.position)).where(InvoiceLine.invoice_id == draft.id)
        )
        line = InvoiceLine(invoice_id=draft.id, source=MANUAL, position=(last or 0) + 1, price_base=1, net=0)
        work.db.add(line)
    if is_manual:
        line.quantity, line.quantity_base = quantity.numerator, quantity.denominator
        line.unit, line.unit_price = unit, price
    line.text, line.heading, line.tax_class = text, heading, tax_class
    line.discount, line.discount_reason = discount, reason
    seller = work.db.get_one(Seller, draft.seller_id)
    line.net = net_of(line, Rounding(seller.rounding))
    refigure(work, draft)


def remove_line(work: Work, invoice: Invoice, line: InvoiceLine, version: int) -> None:
    """Take a line off a draft; its work or expense is unbilled again. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    draft = _invoice(work, invoice, version)
    release_lines(work, [line.id])
    work.db.expire(draft)
    refigure(work, draft)


def save_head(work: Work, invoice: Invoice, given: Mapping[str, str], version: int) -> None:
    """The note for the customer and the purchase order of a draft. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    draft = _invoice(work, invoice, version)
    typed = Typed(given)
    note, order = typed.long_text("note", 2000), typed.text("purchase_order", 100)
    typed.check()
    draft.note, draft.purchase_order = note, order
    refigure(work, draft)


def read_quantity(typed: Typed, name: str) -> Fraction:
    """A number with at most four decimals; 1 with a problem when it is none."""
    text = typed.raw(name).replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        typed.wrong(name, "Write a number such as 2 or 1.5.")
        return Fraction(1)
    if not number.is_finite() or not number or abs(number) > 1_000_000 or -number.as_tuple().exponent > 4:  # type: ignore[operator]
        typed.wrong(name, "Write a number with at most four decimals, not nought.")
        return Fraction(1)
    return Fraction(number)


def _invoice(work: Work, invoice: Invoice, version: int) -> Invoice:
    draft = lock_draft(work, invoice, version)
    if draft.kind != "invoice":
        raise Refused(
            "The lines of a credit note are those of its invoice: throw it away and draft another one."
        )
    return draft
