"""Rates and surcharges of the five rungs, and rules of rounding."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref
from rtpy.db.types import Json


class RateRow(Base):
    """Minor units for an hour: on which rung, for which ticket, line or customer, role and work type, and when."""

    __tablename__ = "billing_rates"
    __table_args__ = (Index("ix_billing_rates_rung_scope_id", "rung", "scope_id"),)

    id: Mapped[id_]
    rung: Mapped[str] = mapped_column(String(10))
    """`ticket`, `line`, `customer` or `book`."""
    scope_id: Mapped[int | None]
    """The ticket, agreement line or organisation; None for the price book."""
    role_id: Mapped[int | None] = ref("billing_roles.id")
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    version: Mapped[count]


class SurchargeRow(Base):
    """What changes the rate at certain times or for certain work."""

    __tablename__ = "billing_surcharges"
    __table_args__ = (Index("ix_billing_surcharges_rung_scope_id", "rung", "scope_id"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100))
    rung: Mapped[str] = mapped_column(String(10))
    scope_id: Mapped[int | None]
    operation: Mapped[str] = mapped_column(String(10))
    value: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    """Of a value that is money; empty for multipliers, which hold in all."""
    sort_order: Mapped[count]
    is_last: Mapped[flag]
    role_id: Mapped[int | None] = ref("billing_roles.id")
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    hours: Mapped[str] = mapped_column(String(4), default="any", server_default="any")
    weekdays: Mapped[list[int] | None] = mapped_column(Json)
    exceptions: Mapped[bool | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class RoundingRuleRow(Base):
    """Minimum, increment, grace and maximum in seconds; of a line, a customer, or of all."""

    __tablename__ = "billing_rounding_rules"
    __table_args__ = (Index("ix_billing_rounding_rules_scope", "line_id", "organization_id"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100))
    line_id: Mapped[int | None]
    organization_id: Mapped[int | None] = ref("organizations.id", cascade=True)
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    grouping: Mapped[str] = mapped_column(String(12), default="ticket_day", server_default="ticket_day")
    minimum: Mapped[count]
    increment: Mapped[count]
    direction: Mapped[str] = mapped_column(String(8), default="up", server_default="up")
    grace: Mapped[count]
    maximum: Mapped[int | None]
    version: Mapped[count]
