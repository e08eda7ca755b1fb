"""A document as its page shows it: lines, totals, deliveries and payments, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import OutgoingMail, User
from rtpy.web.html import Html
from rtpy.web.times import show_day
from rtpy_billing.documents.snapshot import DocumentKind, Line, Snapshot, Unit
from rtpy_billing.models import Delivery, Invoice, InvoiceLine, Payment
from rtpy_billing.money import plain, shown
from rtpy_billing.web.invoices.rows import period_of

UNITS = {
    Unit.HOUR: "h",
    Unit.PIECE: "",
    Unit.DAY: "days",
    Unit.MONTH: "months",
    Unit.YEAR: "years",
    Unit.KILOMETRE: "km",
    Unit.MILE: "miles",
    Unit.LUMP_SUM: "",
}


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as the page shows it."""

    heading: str
    text: str
    details: tuple[str, ...]
    quantity: str
    price: str
    discount: str
    tax: str
    net: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class Event:
    """A delivery or a payment."""

    at: Html
    what: str
    who: str
    tone: str = ""


def facts_of(request: Request, invoice: Invoice, snapshot: Snapshot) -> list[tuple[str, object]]:
    """What stands beside the document."""
    said: tuple[tuple[str, object], ...] = (
        ("Customer number", snapshot.buyer.customer_number),
        ("Seller", snapshot.seller.name),
        ("Agreement", snapshot.agreement),
        ("Period", period_of(invoice)),
        ("Issued", show_day(invoice.issued_on) if invoice.issued_on else ""),
        ("Due", show_day(invoice.due_on) if invoice.due_on else ""),
        ("Purchase order", snapshot.purchase_order),
        ("Buyer reference", snapshot.buyer_reference),
        ("Payment reference", snapshot.payment_reference),
        ("Reason", invoice.credit_reason),
    )
    return [(label, value) for label, value in said if value]


def line_row(
    request: Request, invoice: Invoice, snapshot: Snapshot, line: Line, *, editable: bool
) -> LineRow:
    """One line, with the way to change it."""
    row_id = line.source.removeprefix("line:")
    editable = editable and invoice.kind == "invoice" and row_id.isdigit()
    rate = f"{line.tax.rate / 100:g} %" if line.tax.rate else "–"
    return LineRow(
        line.heading,
        line.text,
        line.details,
        show_quantity(line),
        plain(line.unit_price, snapshot.currency),
        f"{line.discount_rate / 100:g} %" if line.discount_rate else "",
        rate,
        plain(line.net, snapshot.currency),
        request.route_path("billing.invoices.line", id=invoice.id, line=row_id) if editable else "",
    )


def show_quantity(line: Line) -> str:
    """`4.17 h (4:10)`, `12`, `18.5 km`."""
    number = f"{float(line.quantity):.2f}" if line.unit is Unit.HOUR else f"{float(line.quantity):g}"
    unit = UNITS.get(line.unit, "")
    if line.unit is not Unit.HOUR:
        return f"{number} {unit}".strip()
    minutes = round(Fraction(line.quantity) * 60)
    sign = "-" if minutes < 0 else ""
    return f"{number} h ({sign}{abs(minutes) // 60}:{abs(minutes) % 60:02})"


def totals_of(snapshot: Snapshot) -> list[tuple[str, str, bool]]:
    """Labels, amounts, and whether it is the sum."""
    totals, currency = snapshot.totals, snapshot.currency
    rows = [("Sum of the lines", totals.lines, False)]
    rows += [(one.reason, one.signed, False) for one in snapshot.adjustments]
    rows.append(("Net", totals.net, False))
    rows += [
        (f"Tax {group.tax.rate / 100:g} % on {plain(group.taxable, currency)}", group.amount, False)
        for group in snapshot.groups
    ]
    rows += [(one.text, -one.amount, False) for one in snapshot.deductions]
    if totals.rounding:
        rows.append(("Rounding", totals.rounding, False))
    label = "To pay" if snapshot.kind is DocumentKind.INVOICE else "Credited"
    rows.append((label, totals.payable, True))
    return [(label, shown(amount, currency), strong) for label, amount, strong in rows]


def discount_links(
    request: Request, lines: Sequence[InvoiceLine], invoice: Invoice, *, may: bool
) -> list[tuple[str, str, str]]:
    """Discounts on the whole draft stand under its lines: their words, how much, where to change them."""
    path = request.route_path
    found = []
    for line in lines:
        if line.source == "discount":
            text, share = line.text, line.discount
            url = path("billing.invoices.line", id=invoice.id, line=line.id) if may else ""
            found.append((text.splitlines()[0] if text else "", f"{share / 100:g} %", url))
    return found


def deliveries_of(request: Request, invoice: Invoice) -> list[Event]:
    """Every try to bring it to the customer, the youngest first. One query."""
    rows = request.db.execute(
        select(Delivery, OutgoingMail.state, User.real_name, User.name)
        .outerjoin(OutgoingMail, OutgoingMail.id == Delivery.outgoing_mail_id)
        .join(User, User.id == Delivery.actor_id)
        .where(Delivery.invoice_id == invoice.id)
        .order_by(Delivery.id.desc())
    )
    tones = {"sent": "ok", "failed": "bad", "canceled": "bad"}
    return [
        Event(
            request.when(row.at),
            f"Mail to {row.recipient}: {state}" if row.way == "mail" else f"By hand {row.recipient}".strip(),
            real_name or name,
            tones.get(state or "", "info"),
        )
        for row, state, real_name, name in rows
    ]


def payments_of(request: Request, invoice: Invoice) -> list[Event]:
    """What came in, the youngest first. One query."""
    rows = request.db.execute(
        select(Payment, User.real_name, User.name)
        .join(User, User.id == Payment.actor_id)
        .where(Payment.invoice_id == invoice.id)
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
    )
    return [
        Event(
            show_day(row.paid_on),
            f"{shown(row.amount, invoice.currency)} {row.reference}".strip(),
            real_name or name,
        )
        for row, real_name, name in rows
    ]
