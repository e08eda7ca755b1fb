"""Removing what the sample consultancy has of billing, issued documents too: they are its sample seller's."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from rtpy.changes.calendars.saving import delete_calendar, uses_of
from rtpy.db.base import Base, table_of
from rtpy.demo.made import Made
from rtpy.models import WorkCalendar
from rtpy.work import Work
from rtpy_billing.demo.shop import OFFICE_HOURS, ROLES, WORK_TYPES
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    BalanceWarning,
    Consent,
    CostRate,
    Customer,
    Delivery,
    EntryLine,
    EntryShare,
    Expense,
    ExportedInvoice,
    Invoice,
    InvoiceLine,
    LooseEnd,
    MovementRow,
    Payment,
    RateRow,
    Role,
    RoundingRuleRow,
    Seller,
    Series,
    StatementLink,
    StatementQuestion,
    Suggestion,
    SurchargeRow,
    TaxRateRow,
    TicketTerms,
    Timer,
    WorkEntry,
    Worker,
    WorkType,
)

AT_ONCE = 500


def remove(work: Work, made: Made) -> None:
    """Everything of the demo's tickets, customers and sample seller; what points at something goes before it."""
    db = work.db
    sellers = select(Seller.id).where(Seller.is_sample.is_(True))
    invoices = list(db.scalars(select(Invoice.id).where(Invoice.seller_id.in_(sellers))))
    agreements = list(
        db.scalars(select(Agreement.id).where(Agreement.organization_id.in_(made.organizations)))
    )
    lines = list(db.scalars(select(AgreementLine.id).where(AgreementLine.agreement_id.in_(agreements))))
    entries = list(
        db.scalars(
            select(WorkEntry.id).where(
                or_(WorkEntry.organization_id.in_(made.organizations), WorkEntry.ticket_id.in_(made.tickets))
            )
        )
    )
    has_sample = db.scalar(sellers) is not None
    links = list(
        db.scalars(select(StatementLink.id).where(StatementLink.organization_id.in_(made.organizations)))
    )
    _drop(work, StatementQuestion, StatementQuestion.link_id, links)
    _drop(work, StatementQuestion, StatementQuestion.ticket_id, made.tickets)
    _drop(work, StatementLink, StatementLink.id, links)
    _drop(work, Suggestion, Suggestion.entry_id, entries)
    _drop(work, Suggestion, Suggestion.ticket_id, made.tickets)
    _drop(work, MovementRow, MovementRow.line_id, lines)
    _drop(work, EntryLine, EntryLine.entry_id, entries)
    _drop(work, EntryShare, EntryShare.entry_id, entries)
    for part in _parts(entries):
        db.execute(update(WorkEntry).where(WorkEntry.id.in_(part)).values(corrects_id=None))
    _drop(work, WorkEntry, WorkEntry.id, entries)
    for model in (Payment, Delivery, ExportedInvoice):
        _drop(work, model, model.invoice_id, invoices)
    credit_lines = select(InvoiceLine.id).where(
        InvoiceLine.invoice_id.in_(invoices), InvoiceLine.credits_line_id.is_not(None)
    )
    _drop(work, InvoiceLine, InvoiceLine.id, list(db.scalars(credit_lines)))
    _drop(work, InvoiceLine, InvoiceLine.invoice_id, invoices)
    notes = list(
        db.scalars(select(Invoice.id).where(Invoice.id.in_(invoices), Invoice.credits_id.is_not(None)))
    )
    _drop(work, Invoice, Invoice.id, notes)
    _drop(work, Invoice, Invoice.id, invoices)
    _drop(work, Expense, Expense.organization_id, made.organizations)
    _drop(work, Expense, Expense.ticket_id, made.tickets)
    _drop(work, Timer, Timer.ticket_id, made.tickets)
    _drop(work, TicketTerms, TicketTerms.ticket_id, made.tickets)
    _drop(work, LooseEnd, LooseEnd.ticket_id, made.tickets)
    _drop(work, LooseEnd, LooseEnd.organization_id, made.organizations)
    _drop(work, LooseEnd, LooseEnd.owner_id, made.users)
    _drop(work, Consent, Consent.line_id, lines)
    _drop(work, BalanceWarning, BalanceWarning.agreement_id, agreements)
    _drop(work, AgreementLine, AgreementLine.id, lines)
    _drop(work, Agreement, Agreement.id, agreements)
    _drop(work, Customer, Customer.organization_id, made.organizations)
    _drop(work, Worker, Worker.user_id, made.users)
    _drop(work, CostRate, CostRate.user_id, made.users)
    if has_sample:
        _set_up(work, list(db.scalars(sellers)))


def _set_up(work: Work, sellers: list[int]) -> None:
    """Rates, roles and the like that came with the sample, as far as nobody uses them for work of their own."""
    db = work.db
    _drop(work, Series, Series.seller_id, sellers)
    _drop(work, Seller, Seller.id, sellers)
    if db.scalar(select(WorkEntry.id).limit(1)) is not None or db.scalar(
        select(Customer.organization_id).limit(1)
    ):
        return
    for model in (RateRow, SurchargeRow, RoundingRuleRow, TaxRateRow):
        db.execute(delete(model))
    _drop_named(work, Role, list(ROLES))
    _drop_named(work, WorkType, list(WORK_TYPES))
    calendar = work.db.scalar(select(WorkCalendar).where(WorkCalendar.name == OFFICE_HOURS))
    if calendar is not None and not uses_of(work, calendar.id):
        delete_calendar(work, calendar)


def _drop_named(work: Work, model: type[Role | WorkType], names: list[str]) -> None:
    work.db.execute(delete(model).where(table_of(model).c.name.in_(names)))


def _drop(work: Work, model: type[Base], column: InstrumentedAttribute[Any], ids: Iterable[int]) -> None:
    for part in _parts(ids):
        work.db.execute(delete(model).where(column.in_(part)))


def _parts(ids: Iterable[int]) -> list[list[int]]:
    known = list(ids)
    return [known[start : start + AT_ONCE] for start in range(0, len(known), AT_ONCE)]
