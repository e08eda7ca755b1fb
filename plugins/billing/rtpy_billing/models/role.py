"""Roles of work, and who works in which: rates come mainly from them."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref
from rtpy.db.types import Json


class Role(Base):
    """In what capacity somebody works: engineer, senior, architect."""

    __tablename__ = "billing_roles"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    shown_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """What customers read; empty: the name."""
    sort_order: Mapped[count]
    disabled: Mapped[flag]


class Worker(Base):
    """A person who logs time: their usual role, and how long they are expected to work on each weekday."""

    __tablename__ = "billing_workers"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    role_id: Mapped[int | None] = ref("billing_roles.id")
    week: Mapped[list[int] | None] = mapped_column(Json)
    """Expected seconds from Monday to Sunday; None: not known."""
    day_ends: Mapped[int | None]
    """Minutes after local midnight at which their day ends: a timer that runs on is asked about."""


class CostRate(Base):
    """What an hour of somebody, or of a role, costs ourselves from a day on; the person's own before the role's."""

    __tablename__ = "billing_cost_rates"
    __table_args__ = (Index("ix_billing_cost_rates_who", "user_id", "role_id", "valid_from"),)

    id: Mapped[id_]
    user_id: Mapped[int | None] = ref("users.id", cascade=True)
    role_id: Mapped[int | None] = ref("billing_roles.id")
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
