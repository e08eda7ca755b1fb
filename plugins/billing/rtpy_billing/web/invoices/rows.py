"""Invoices as lines of a list: number, amount, and a badge that says how far they got."""

from dataclasses import dataclass
from datetime import date

from pyramid.request import Request

from rtpy.web.html import Html
from rtpy.web.times import show_day
from rtpy_billing.models import Invoice
from rtpy_billing.money import shown

KINDS = {"invoice": "Invoice", "credit_note": "Credit note"}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One line: `tone` is ok, info, warn, bad or empty."""

    id: int
    title: str
    customer: str
    url: str
    period: str
    issued: Html | str
    due: Html | str
    total: str
    state: str
    tone: str


def title_of(invoice: Invoice) -> str:
    """`Invoice 2026-0007`, `Draft 12`."""
    if invoice.number:
        return f"{KINDS[invoice.kind]} {invoice.number}"
    return f"Draft {invoice.id}" if invoice.kind == "invoice" else f"Draft credit note {invoice.id}"


def state_of(invoice: Invoice, today: date) -> tuple[str, str]:
    """How far it got, in a word, and the tone of the badge."""
    if invoice.state == "draft":
        return "draft", "note"
    if invoice.state == "credited":
        return "credited", ""
    if invoice.kind == "credit_note":
        return ("issued", "info") if invoice.delivery else ("not delivered", "warn")
    if invoice.paid_on is not None:
        return "paid", "ok"
    if invoice.due_on is not None and invoice.due_on < today and invoice.paid < invoice.total:
        return f"overdue {(today - invoice.due_on).days} d", "bad"
    if invoice.delivery == "failed":
        return "mail failed", "bad"
    if not invoice.delivery:
        return "not delivered", "warn"
    return ("partly paid", "info") if invoice.paid else ("open", "info")


def period_of(invoice: Invoice) -> str:
    """`1 Jun 2026 to 30 Jun 2026`."""
    if invoice.period_start is None or invoice.period_end is None:
        return ""
    last = date.fromordinal(invoice.period_end.toordinal() - 1)
    return f"{invoice.period_start:%-d %b %Y} to {last:%-d %b %Y}"


def show_invoice(request: Request, invoice: Invoice, customer: str = "") -> InvoiceRow:
    """The line of one. No query."""
    state, tone = state_of(invoice, request.work.now.date())
    sign = -1 if invoice.kind == "credit_note" else 1
    return InvoiceRow(
        invoice.id,
        title_of(invoice),
        customer,
        request.route_path("billing.invoices.display", id=invoice.id),
        period_of(invoice),
        show_day(invoice.issued_on) if invoice.issued_on else "–",
        show_day(invoice.due_on) if invoice.due_on else "–",
        shown(sign * invoice.total, invoice.currency),
        state,
        tone,
    )
