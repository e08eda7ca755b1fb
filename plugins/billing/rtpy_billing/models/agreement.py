"""Agreements and their lines."""

from datetime import date
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class Agreement(Base):
    """What was agreed with a customer. Dates are the customer's, the last one is the day after the end."""

    __tablename__ = "billing_agreements"
    __table_args__ = (Index("ix_billing_agreements_organization_id", "organization_id", "starts_on"),)

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    """`draft`, `active` or `ended`; only active ones count."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    renewal: Mapped[str] = mapped_column(String(10), default="none", server_default="none")
    renewal_months: Mapped[int] = mapped_column(default=12, server_default="12")
    notice_days: Mapped[count]
    noticed_on: Mapped[date | None]
    price_rises: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """Each with `on` (ISO date), `numerator`, `denominator`, `reason`."""
    currency: Mapped[str] = mapped_column(String(3))
    every: Mapped[str] = mapped_column(String(12), default="monthly", server_default="monthly")
    anchor: Mapped[int | None]
    """Day of the month, 1 to 28 (of the week for weekly ones); None: the anniversary."""
    in_advance: Mapped[flag]
    calendar_id: Mapped[int | None] = ref("calendars.id")
    approval: Mapped[str] = mapped_column(String(10), default="both", server_default="both")
    """`both` (time, then billing), `once` (one step) or `none` (approved at once)."""
    approver_id: Mapped[int | None] = ref("users.id")
    customer_approver_id: Mapped[int | None] = ref("users.id")
    """Who on their side may agree to more."""
    grouping: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """As `Customer.grouping`; empty: as there."""
    needs_clock_times: Mapped[flag]
    purchase_order: Mapped[short]
    purchase_order_required: Mapped[flag]
    purchase_order_limit: Mapped[int | None]
    notes: Mapped[text]
    created: Mapped[utc]
    version: Mapped[count]


class AgreementLine(Base):
    """One line of an agreement: it carries the behaviour. Quantities are in the unit of its kind."""

    __tablename__ = "billing_agreement_lines"

    id: Mapped[id_]
    agreement_id: Mapped[int] = ref("billing_agreements.id", index=True, cascade=True)
    position: Mapped[count]
    """Coverage is tried in this order."""
    kind: Mapped[str] = mapped_column(String(20))
    """`time_materials`, `block`, `recurring_block`, `retainer`, `incidents`, `fixed_fee`, `fixed_price`, `per_unit`,
    `pass_through` or `discount`."""
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[text]
    """For the customer, on invoices."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    conditions: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """Each with `about`, `values`, `excluded`; none: everything is covered."""
    charge_mode: Mapped[str | None] = mapped_column(String(12))
    role_id: Mapped[int | None] = ref("billing_roles.id")
    price: Mapped[count]
    """Minor units for a period, a block, a unit or an incident."""
    quantity: Mapped[count]
    """Seconds, minor units, incidents or units that a period or a purchase brings."""
    quantity_source: Mapped[str] = mapped_column(String(20), default="manual", server_default="manual")
    """`manual`, `assets` (a query in `details`) or `group` (its members)."""
    counted: Mapped[int | None]
    """The last good count of the source."""
    counted_on: Mapped[date | None]
    weight_in: Mapped[int] = mapped_column(default=1000, server_default="1000")
    weight_out: Mapped[int] = mapped_column(default=1000, server_default="1000")
    overflow_rate: Mapped[int | None]
    cap: Mapped[int | None]
    at_zero: Mapped[str] = mapped_column(String(10), default="overflow", server_default="overflow")
    deficit_limit: Mapped[int | None]
    draw_order: Mapped[str] = mapped_column(String(15), default="expiry first", server_default="expiry first")
    only_when_paid: Mapped[flag]
    rollover_limit: Mapped[int | None]
    """None carries everything, 0 nothing."""
    rollover_periods: Mapped[int] = mapped_column(default=1, server_default="1")
    expires_months: Mapped[int | None]
    """After so many months a bought block expires."""
    top_up_quantity: Mapped[int | None]
    top_up_price: Mapped[int | None]
    low_water: Mapped[int | None]
    is_prorated: Mapped[flag]
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    discount: Mapped[count]
    """Basis points, of lines of the kind `discount`."""
    cost: Mapped[int | None]
    account: Mapped[short]
    """Our account of revenue, for exports."""
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What only some kinds have: milestones, tiers, the query of a count."""
    version: Mapped[count]


class MovementRow(Base):
    """One movement of a prepaid balance: a fact, never changed. Uses stand here once they are invoiced."""

    __tablename__ = "billing_movements"
    __table_args__ = (Index("ix_billing_movements_line_id_worked_on", "line_id", "worked_on"),)

    id: Mapped[id_]
    line_id: Mapped[int] = ref("billing_agreement_lines.id")
    kind: Mapped[str] = mapped_column(String(15))
    worked_on: Mapped[date]
    posted: Mapped[utc]
    quantity: Mapped[int]
    lot: Mapped[str | None] = mapped_column(String(60))
    usable_from: Mapped[date | None]
    expires_on: Mapped[date | None]
    rolls: Mapped[flag]
    entry_id: Mapped[int | None] = ref("billing_entries.id", index=True)
    invoice_id: Mapped[int | None] = ref("billing_invoices.id", index=True)
    """The invoice that bills a purchase, or that froze a use."""
    actor_id: Mapped[int] = ref("users.id")
    note: Mapped[text]


class Consent(Base):
    """What a customer was asked when a balance was used up, and what they answered."""

    __tablename__ = "billing_consents"

    id: Mapped[id_]
    line_id: Mapped[int] = ref("billing_agreement_lines.id", index=True)
    ticket_id: Mapped[int | None] = ref("tickets.id")
    quantity: Mapped[int]
    """The most that is asked for, in the unit of the line."""
    amount: Mapped[int]
    """The most that it can cost, minor units."""
    currency: Mapped[str] = mapped_column(String(3))
    text: Mapped[text]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked: Mapped[utc]
    asked_by_id: Mapped[int] = ref("users.id")
    asked_of: Mapped[short]
    """The address that the link went to."""
    expires: Mapped[utc]
    state: Mapped[str] = mapped_column(String(8), default="asked", server_default="asked")
    """`asked`, `agreed`, `refused` or `expired`."""
    answered: Mapped[utc | None]
    answered_by: Mapped[short]
    usable_from: Mapped[date]
