"""Who bills: legal entities, their series of numbers, and rates of tax."""

from datetime import date
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text
from rtpy.db.types import Json


class Seller(Base):
    """A legal entity that issues invoices."""

    __tablename__ = "billing_sellers"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    legal_name: Mapped[short]
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
    website: Mapped[short]
    currency: Mapped[str] = mapped_column(String(3))
    zone: Mapped[str] = mapped_column(String(60), default="UTC", server_default="UTC")
    language: Mapped[str] = mapped_column(String(5), default="en", server_default="en")
    bank_accounts: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """Each with the fields of `documents.snapshot.BankAccount`."""
    logo: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    logo_type: Mapped[str] = mapped_column(String(20), default="", server_default="")
    accent: Mapped[str] = mapped_column(String(7), default="", server_default="")
    footer: Mapped[text]
    terms: Mapped[text]
    payment_reference: Mapped[str] = mapped_column(String(60), default="{number}", server_default="{number}")
    rounding: Mapped[str] = mapped_column(String(10), default="half_up", server_default="half_up")
    payable_step: Mapped[int] = mapped_column(default=1, server_default="1")
    discount_keeps_base: Mapped[flag]
    """Discounts do not reduce the base of the tax, as some countries want it."""
    is_exempt: Mapped[flag]
    """A small business that charges no tax."""
    exemption_text: Mapped[text]
    is_sample: Mapped[flag]
    """Of the sample consultancy: the database lets its issued documents be deleted when the sample goes."""
    disabled: Mapped[flag]
    version: Mapped[count]


class Series(Base):
    """Numbers without gaps: of one seller, one kind of document and one year."""

    __tablename__ = "billing_series"
    __table_args__ = (UniqueConstraint("seller_id", "kind", "year"),)

    id: Mapped[id_]
    seller_id: Mapped[int] = ref("billing_sellers.id")
    kind: Mapped[str] = mapped_column(String(12))
    """`invoice` or `credit_note`."""
    year: Mapped[int]
    """0 where the numbers go on over the years."""
    pattern: Mapped[str] = mapped_column(String(60))
    """Such as `{year}-{number:05}`."""
    next_number: Mapped[int]


class TaxRateRow(Base):
    """What a class of things bears at a place from a day on."""

    __tablename__ = "billing_tax_rates"
    __table_args__ = (Index("ix_billing_tax_rates_class", "tax_class", "place", "valid_from"),)

    id: Mapped[id_]
    tax_class: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(12), default="", server_default="")
    category: Mapped[str] = mapped_column(String(2))
    rate: Mapped[count]
    """Basis points: 1900 is 19 %."""
    reason: Mapped[text]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
