"""Work entries, their priced lines, who shares the credit, and what was suggested."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, literal
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class WorkEntry(Base):
    """One person, one stretch of work, on one ticket or on none. Seconds; what was worked no rule ever changes."""

    __tablename__ = "billing_entries"
    __table_args__ = (
        Index("ix_billing_entries_ticket_id", "ticket_id"),
        Index("ix_billing_entries_transaction_id", "transaction_id"),
        Index("ix_billing_entries_worked_by_id_worked_on", "worked_by_id", "worked_on"),
        Index("ix_billing_entries_organization_id_state", "organization_id", "state", "worked_on"),
        Index("ix_billing_entries_state_worked_on", "state", "worked_on"),
        # What is not invoiced is a small part of all: see `not_invoiced`.
        Index(
            "ix_billing_entries_open",
            "organization_id",
            "currency",
            "state",
            "blocker",
            "worked_on",
            "amount",
            sqlite_where=sql("state != 'invoiced'"),
            postgresql_where=sql("state != 'invoiced'"),
        ),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int | None] = ref("tickets.id")
    transaction_id: Mapped[int | None] = ref("transactions.id")
    """The reply, comment or booking whose minutes it holds."""
    organization_id: Mapped[int | None] = ref("organizations.id")
    """The ticket's when it was entered."""
    site_id: Mapped[int | None] = ref("organization_sites.id")
    worked_by_id: Mapped[int] = ref("users.id")
    entered_by_id: Mapped[int] = ref("users.id")
    role_id: Mapped[int | None] = ref("billing_roles.id")
    """What somebody chose; None: what follows from agreement, ticket and person."""
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    line_id: Mapped[int | None] = ref("billing_agreement_lines.id")
    """The line that somebody chose."""
    rate: Mapped[int | None]
    """The rate that somebody chose, minor units per hour."""
    charge_mode: Mapped[str | None] = mapped_column(String(12))
    charge_reason: Mapped[text]
    """Why it is not charged, or decided so."""
    write_off_reason: Mapped[text]
    returned_reason: Mapped[text]
    """Why it was sent back, until it is handed in again."""
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(String(60), default="UTC", server_default="UTC")
    worked_on: Mapped[date]
    worked_seconds: Mapped[int]
    note_internal: Mapped[text]
    note_customer: Mapped[text]
    """The only note that ever leaves the house."""
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    """`draft`, `submitted`, `checked` (time approved), `approved` (billing approved) or `invoiced`."""
    source: Mapped[str] = mapped_column(String(12), default="reply", server_default="reply")
    """`reply`, `timer`, `sheet`, `form`, `mail`, `api`, `suggestion`, `correction`."""
    evidence: Mapped[dict[str, Any] | None] = mapped_column(Json)
    corrects_id: Mapped[int | None] = ref("billing_entries.id")
    created: Mapped[utc]
    updated: Mapped[utc]
    submitted: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = ref("users.id")
    checked: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = ref("users.id")
    approved: Mapped[datetime | None]
    is_late: Mapped[flag]
    """Entered on a closed ticket or for a period that was closed."""
    asked_organization_id: Mapped[int | None] = ref("organizations.id")
    """The ticket moved to this customer: somebody must say whether the entry goes along."""
    version: Mapped[count]
    # What repricing found, kept here so that lists and reports add up without the lines.
    billed_seconds: Mapped[count]
    currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    value: Mapped[count]
    """At full price, minor units."""
    amount: Mapped[count]
    """What is charged beside what balances cover."""
    covered_seconds: Mapped[count]
    agreement_id: Mapped[int | None] = ref("billing_agreements.id")
    blocker: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Why it cannot be billed: empty, or `no_rate`, `undecided`, `held`, `blocked`, `no_customer`."""
    cost: Mapped[int | None]
    """What the work cost ourselves; None: no cost rate is known."""


def not_invoiced() -> ColumnElement[bool]:
    """That an entry is not invoiced, in the very words of the index of such entries: SQLite knows it by them only."""
    return WorkEntry.state != literal("invoiced", literal_execute=True)


class EntryLine(Base):
    """A priced line of an entry (`rtpy_billing.pricing.line.PricedLine`)."""

    __tablename__ = "billing_entry_lines"
    __table_args__ = (
        Index("ix_billing_entry_lines_entry_id", "entry_id", "segment", "part"),
        Index("ix_billing_entry_lines_line_id", "line_id", "customer_on"),
    )

    id: Mapped[id_]
    entry_id: Mapped[int] = ref("billing_entries.id", cascade=True)
    segment: Mapped[int]
    part: Mapped[int]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    worked_on: Mapped[date]
    customer_on: Mapped[date]
    in_hours: Mapped[bool]
    is_exception: Mapped[flag]
    worked_seconds: Mapped[int]
    billed_seconds: Mapped[int]
    role_id: Mapped[int | None] = ref("billing_roles.id")
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    line_id: Mapped[int | None] = ref("billing_agreement_lines.id")
    rung: Mapped[str | None] = mapped_column(String(10))
    rate_id: Mapped[int | None]
    rate: Mapped[int | None]
    charged_rate: Mapped[int | None]
    fee_id: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    value: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    is_lump: Mapped[flag]
    taken: Mapped[count]
    sources: Mapped[list[Any] | None] = mapped_column(Json)
    steps: Mapped[list[Any]] = mapped_column(Json)
    invoice_line_id: Mapped[int | None] = ref("billing_invoice_lines.id", index=True)
    """On which line of an invoice it stands; None again when that is credited and the work released."""


class EntryShare(Base):
    """Credit for an entry, or an assist: who, and how much in basis points."""

    __tablename__ = "billing_entry_shares"

    entry_id: Mapped[int] = ref("billing_entries.id", primary_key=True, cascade=True)
    user_id: Mapped[int] = ref("users.id", primary_key=True)
    share: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8), default="share", server_default="share")
    """`share` or `assist`."""


class Suggestion(Base):
    """Work that the system saw and nobody logged yet: it proposes, and never posts by itself."""

    __tablename__ = "billing_suggestions"
    __table_args__ = (Index("ix_billing_suggestions_user_id", "user_id", "state", "at"),)

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    ticket_id: Mapped[int | None] = ref("tickets.id")
    transaction_id: Mapped[int | None] = ref("transactions.id", index=True)
    kind: Mapped[str] = mapped_column(String(12))
    seconds: Mapped[int]
    at: Mapped[utc]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    entry_id: Mapped[int | None] = ref("billing_entries.id")


class TicketTerms(Base):
    """What was decided for one ticket: the rung between the entry and the agreement."""

    __tablename__ = "billing_ticket_terms"

    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, cascade=True)
    role_id: Mapped[int | None] = ref("billing_roles.id")
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    line_id: Mapped[int | None] = ref("billing_agreement_lines.id")
    charge_mode: Mapped[str | None] = mapped_column(String(12))
    incident: Mapped[str | None] = mapped_column(String(40))
    estimate_seconds: Mapped[int | None]
