"""Policies with their versions, and ladders of escalation."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class Ladder(Base):
    """Steps of escalation, as one or several policies use them."""

    __tablename__ = "sla_ladders"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[text]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """In order; each has a `key` that stays when it is changed, so that it is taken once."""
    quiet: Mapped[dict[str, Any]] = mapped_column(Json)
    """Quiet hours, and the priority from which they do not hold; empty: none."""
    disabled: Mapped[flag]


class Policy(Base):
    """What is promised to whom. The first that fits in the order of `position` is pinned to a ticket."""

    __tablename__ = "sla_policies"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[text]
    position: Mapped[count]
    ladder_id: Mapped[int | None] = ref("sla_ladders.id")
    ladder_since: Mapped[datetime | None]
    """When it was given this ladder: steps whose moment was before are not taken."""
    disabled: Mapped[flag]


class PolicyVersion(Base):
    """A policy as it was from one moment on: written once, for tickets are pinned to it."""

    __tablename__ = "sla_policy_versions"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[id_]
    policy_id: Mapped[int] = ref("sla_policies.id")
    number: Mapped[count]
    """From 1; the highest is the one that new tickets get."""
    conditions: Mapped[dict[str, Any]] = mapped_column(Json)
    """`rtpy_sla.policies.fitting` reads it."""
    bands: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """From the highest priority down: from_priority, calendar_id (null: every minute), terms by target."""
    reopening: Mapped[str] = mapped_column(String(10))
    confirm_seconds: Mapped[count]
    on_priority: Mapped[str] = mapped_column(String(10))
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
