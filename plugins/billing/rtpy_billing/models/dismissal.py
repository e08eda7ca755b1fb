"""Loose ends that somebody looked at and found to be none; and how many there were, day by day."""

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, text, utc


class Dismissal(Base):
    """`not a problem because ...`: it holds for one state of the thing, which `key` names."""

    __tablename__ = "billing_dismissals"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_billing_dismissals_at", "at"),
    )

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    reason: Mapped[text]
    actor_id: Mapped[int] = ref("users.id")
    at: Mapped[utc]
    until: Mapped[date | None]
    """Shown again from this day on."""


class LooseEndCount(Base):
    """How many loose ends there were at the end of a day, for the trend."""

    __tablename__ = "billing_loose_end_counts"

    on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]
