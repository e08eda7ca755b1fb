"""What billing knows of an organisation."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, ref, short, text


class Customer(Base):
    """An organisation as somebody who is billed; without a row the defaults hold and nothing can be issued."""

    __tablename__ = "billing_customers"

    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, cascade=True)
    currency: Mapped[str] = mapped_column(String(3))
    zone: Mapped[str] = mapped_column(String(60), default="UTC", server_default="UTC")
    calendar_id: Mapped[int | None] = ref("calendars.id")
    seller_id: Mapped[int | None] = ref("billing_sellers.id")
    is_own: Mapped[flag]
    """One's own organisation: its work is hidden unless somebody says otherwise."""
    customer_number: Mapped[short]
    name: Mapped[short]
    """As it stands on invoices; empty: the organisation's name."""
    street: Mapped[short]
    extra: Mapped[short]
    postcode: Mapped[short]
    city: Mapped[short]
    region: Mapped[short]
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    vat_id: Mapped[short]
    tax_number: Mapped[short]
    registration: Mapped[short]
    registration_scheme: Mapped[str] = mapped_column(String(4), default="", server_default="")
    endpoint: Mapped[short]
    endpoint_scheme: Mapped[str] = mapped_column(String(4), default="", server_default="")
    contact: Mapped[short]
    phone: Mapped[short]
    email: Mapped[short]
    language: Mapped[str] = mapped_column(String(5), default="en", server_default="en")
    buyer_reference: Mapped[short]
    purchase_order: Mapped[short]
    terms_days: Mapped[int] = mapped_column(default=30, server_default="30")
    tax_treatment: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Empty: as place and class say; else a treatment of `rtpy_billing.taxes`."""
    grouping: Mapped[str] = mapped_column(String(12), default="ticket", server_default="ticket")
    """How invoice lines are grouped: `entry`, `ticket`, `person`, `work_type` or `period`."""
    is_annexed: Mapped[flag]
    """Invoices list the single entries on a page of their own."""
    statement_detail: Mapped[str] = mapped_column(String(8), default="balance", server_default="balance")
    """`balance`, `totals` (for each request) or `entries` (with notes for customers)."""
    statement_rhythm: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """Empty: not mailed; else `weekly` or `monthly`."""
    shows_names: Mapped[flag]
    """The customer may read who worked; else the role."""
    account_owner_id: Mapped[int | None] = ref("users.id")
    """Who of us decides what is charged, and hears of it when something is about to be lost."""
    notes: Mapped[text]
    version: Mapped[count]
