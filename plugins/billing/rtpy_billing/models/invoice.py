"""Invoices and credit notes, what they bill, how they were delivered, exported and paid."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class Invoice(Base):
    """A draft, which may be thrown away, or an issued document, which is for ever."""

    __tablename__ = "billing_invoices"
    __table_args__ = (
        UniqueConstraint("seller_id", "kind", "number"),
        Index("ix_billing_invoices_organization_id", "organization_id", "issued_on"),
        Index("ix_billing_invoices_state", "state", "due_on"),
    )

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(12), default="invoice", server_default="invoice")
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    """`draft`, `issued` or `credited` (wholly)."""
    seller_id: Mapped[int] = ref("billing_sellers.id")
    organization_id: Mapped[int] = ref("organizations.id")
    agreement_id: Mapped[int | None] = ref("billing_agreements.id")
    credits_id: Mapped[int | None] = ref("billing_invoices.id", index=True)
    """The invoice that this note credits."""
    credit_reason: Mapped[text]
    series_id: Mapped[int | None] = ref("billing_series.id")
    sequence: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    net: Mapped[count]
    tax: Mapped[count]
    total: Mapped[count]
    paid: Mapped[count]
    paid_on: Mapped[date | None]
    purchase_order: Mapped[short]
    note: Mapped[text]
    """For the customer."""
    snapshot: Mapped[dict[str, Any] | None] = deferred(mapped_column(Json))
    """Set when it is issued, never changed: `documents.snapshot.Snapshot`."""
    created: Mapped[utc]
    created_by_id: Mapped[int] = ref("users.id")
    issued: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = ref("users.id")
    delivery: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """Empty (not yet), `sent`, `failed` or `by_hand`."""
    version: Mapped[count]


class InvoiceLine(Base):
    """One line of a draft or of an issued document."""

    __tablename__ = "billing_invoice_lines"

    id: Mapped[id_]
    invoice_id: Mapped[int] = ref("billing_invoices.id", index=True, cascade=True)
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(12))
    """`work`, `agreement`, `expense`, `discount` or `manual`."""
    agreement_line_id: Mapped[int | None] = ref("billing_agreement_lines.id", index=True)
    bills: Mapped[short]
    """What of its agreement line it bills: `period 2026-06-01`, `milestone Design` or `movement 17`."""
    expense_id: Mapped[int | None] = ref("billing_expenses.id", index=True)
    credits_line_id: Mapped[int | None] = ref("billing_invoice_lines.id")
    """The line of the invoice that this line of a credit note takes back."""
    credited: Mapped[count]
    """How much of its net amount was credited so far."""
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    heading: Mapped[short]
    text: Mapped[text]
    seconds: Mapped[int | None]
    quantity: Mapped[int]
    """Numerator of the quantity; over `quantity_base`."""
    quantity_base: Mapped[int] = mapped_column(default=1, server_default="1")
    unit: Mapped[str] = mapped_column(String(3), default="C62", server_default="C62")
    unit_price: Mapped[int]
    price_base: Mapped[int] = mapped_column(default=1, server_default="1")
    discount: Mapped[count]
    """Basis points of the line; of a line of the source `discount`, of the whole document."""
    discount_reason: Mapped[short]
    net: Mapped[int]
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    account: Mapped[short]
    requests: Mapped[list[int] | None] = mapped_column(Json)
    released: Mapped[flag]
    """Of a line of a credit note: what it takes back may be billed again."""


class Delivery(Base):
    """One try to bring a document to somebody."""

    __tablename__ = "billing_deliveries"

    id: Mapped[id_]
    invoice_id: Mapped[int] = ref("billing_invoices.id", index=True)
    way: Mapped[str] = mapped_column(String(10))
    """`mail`, `download` or `by_hand`."""
    recipient: Mapped[short]
    outgoing_mail_id: Mapped[int | None] = ref("outgoing_mails.id", index=True)
    at: Mapped[utc]
    actor_id: Mapped[int] = ref("users.id")


class Export(Base):
    """A batch that was handed to the books."""

    __tablename__ = "billing_exports"

    id: Mapped[id_]
    format: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[short]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[str] = mapped_column(String(64))
    is_repeat: Mapped[flag]
    created: Mapped[utc]
    actor_id: Mapped[int] = ref("users.id")


class ExportedInvoice(Base):
    """Which documents stand in a batch."""

    __tablename__ = "billing_exported_invoices"

    export_id: Mapped[int] = ref("billing_exports.id", primary_key=True, cascade=True)
    invoice_id: Mapped[int] = ref("billing_invoices.id", primary_key=True)


class Run(Base):
    """Drafts prepared for many customers, one after the other, by the worker."""

    __tablename__ = "billing_runs"

    id: Mapped[id_]
    until: Mapped[date]
    """Everything before this day is billed."""
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    """`waiting`, `running`, `done` or `stopped`."""
    waiting: Mapped[list[int]] = mapped_column(Json)
    """Organisations that are still to come."""
    total: Mapped[count]
    done: Mapped[count]
    drafts: Mapped[count]
    problems: Mapped[list[str] | None] = mapped_column(Json)
    created: Mapped[utc]
    finished: Mapped[datetime | None]
    actor_id: Mapped[int] = ref("users.id")


class Payment(Base):
    """Money that came in for a document; below nought: went back."""

    __tablename__ = "billing_payments"

    id: Mapped[id_]
    invoice_id: Mapped[int] = ref("billing_invoices.id", index=True)
    amount: Mapped[int]
    paid_on: Mapped[date]
    reference: Mapped[short]
    created: Mapped[utc]
    actor_id: Mapped[int] = ref("users.id")


class Expense(Base):
    """Expenses, travel and parts."""

    __tablename__ = "billing_expenses"
    __table_args__ = (
        Index("ix_billing_expenses_ticket_id", "ticket_id"),
        Index("ix_billing_expenses_organization_id_state", "organization_id", "state"),
    )

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(10))
    """`expense`, `travel` or `part`."""
    ticket_id: Mapped[int | None] = ref("tickets.id")
    organization_id: Mapped[int | None] = ref("organizations.id")
    user_id: Mapped[int] = ref("users.id")
    spent_on: Mapped[date]
    text: Mapped[text]
    """For the customer."""
    note_internal: Mapped[str] = mapped_column(Text, default="", server_default="")
    quantity: Mapped[int] = mapped_column(default=1000, server_default="1000")
    """Thousandths."""
    unit: Mapped[str] = mapped_column(String(3), default="C62", server_default="C62")
    cost: Mapped[int | None]
    price: Mapped[count]
    """For one unit."""
    currency: Mapped[str] = mapped_column(String(3))
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    charge_mode: Mapped[str] = mapped_column(String(12), default="billable", server_default="billable")
    serial: Mapped[short]
    reimburse_to_id: Mapped[int | None] = ref("users.id")
    receipt: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    receipt_name: Mapped[short]
    receipt_type: Mapped[short]
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    """`draft`, `approved` or `invoiced`."""
    approved_by_id: Mapped[int | None] = ref("users.id")
    created: Mapped[utc]
    version: Mapped[count]
