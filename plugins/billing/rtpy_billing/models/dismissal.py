"""Loose ends that somebody looked at and found to be none; and how many there were, day by day."""

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, text, utc


class LooseEnd(Base):
    """Something that may fall through, as the last look at everything found it."""

    __tablename__ = "billing_loose_ends"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_billing_loose_ends_owner_id", "owner_id", "kind"),
    )

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    """The thing and the state of it that matters: another state is another loose end."""
    since: Mapped[utc]
    owner_id: Mapped[int | None] = ref("users.id")
    ticket_id: Mapped[int | None] = ref("tickets.id", cascade=True)
    organization_id: Mapped[int | None] = ref("organizations.id")
    thing_id: Mapped[int | None]
    """Of whatever the kind is about: an invoice, a person, an agreement."""
    number: Mapped[count]
    """How many entries, or whatever the kind counts, stand behind it."""
    amount: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    detail: Mapped[str] = mapped_column(String(200), default="", server_default="")


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


class SentReport(Base):
    """A report that went out by mail, so that it goes once: which kind, and the day that it is of."""

    __tablename__ = "billing_sent_reports"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    mails: Mapped[count]
