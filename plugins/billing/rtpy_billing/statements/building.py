"""A customer's statement from rows. The columns with internal words are never even read here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from rtpy.history.customer_side import kept_among
from rtpy.models import Organization, Ticket, User
from rtpy.work import Work
from rtpy_billing.agreements.granting import customer_day
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.documents.snapshot import Address, Party
from rtpy_billing.documents.statement import (
    BalanceRow,
    BalanceShown,
    BalanceUnit,
    Detail,
    ExpiringRow,
    InvoiceShown,
    RequestTotal,
    Statement,
    WorkShown,
)
from rtpy_billing.ledgers.outlook import empty_on, expiring, use_of
from rtpy_billing.ledgers.running import summary
from rtpy_billing.ledgers.values import Kind
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    EntryLine,
    Invoice,
    Role,
    Seller,
    WorkEntry,
    WorkType,
)
from rtpy_billing.periods.period import Period

DETAILS = {"balance": Detail.BALANCE, "totals": Detail.REQUESTS, "entries": Detail.ENTRIES}
SHOWN_OUTCOMES = ("charged", "covered", "no_charge", "written_off", "capped")
FREE = frozenset({"no_charge", "written_off"})

# Only what customers may read: `note_customer`, never the other note, nor costs, nor reasons.
_WORK = (
    select(
        EntryLine.entry_id,
        EntryLine.customer_on,
        EntryLine.billed_seconds,
        EntryLine.outcome,
        EntryLine.amount,
        WorkEntry.ticket_id,
        WorkEntry.note_customer,
        Ticket.subject,
        User.real_name,
        User.name.label("login"),
        Role.shown_name.label("role_shown"),
        Role.name.label("role_name"),
        WorkType.shown_name.label("type_shown"),
        WorkType.name.label("type_name"),
    )
    .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
    .join(User, User.id == WorkEntry.worked_by_id)
    .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
    .outerjoin(Role, Role.id == EntryLine.role_id)
    .outerjoin(WorkType, WorkType.id == EntryLine.work_type_id)
    .where(WorkEntry.state.in_(("approved", "invoiced")), EntryLine.outcome.in_(SHOWN_OUTCOMES))
    .order_by(EntryLine.customer_on, EntryLine.entry_id, EntryLine.segment, EntryLine.part)
)


def build_statement(
    work: Work, organization_id: int, period: Period, detail: Detail | None = None
) -> Statement:
    """What the customer is told of these days (in their zone); at most nine queries.

    `detail` None: as their customer row says. Work is shown once it is approved, without its
    request where that is kept from customers; balances are as they stand.
    """
    db = work.db
    customer = db.get(Customer, organization_id)
    name = db.scalar(select(Organization.name).where(Organization.id == organization_id)) or ""
    if detail is None:
        detail = DETAILS.get(customer.statement_detail, Detail.BALANCE) if customer else Detail.BALANCE
    shows_names = bool(customer and customer.shows_names)
    rows = _rows(db, organization_id, period) if detail is not Detail.BALANCE else []
    kept = kept_among(work, {row.ticket_id for row in rows if row.ticket_id is not None})
    seller = db.get(Seller, customer.seller_id) if customer and customer.seller_id else None
    return Statement(
        (customer.name if customer else "") or name,
        period.start,
        period.end,
        customer.currency if customer else "EUR",
        detail,
        balances=_balances(
            db, organization_id, period, min(period.last_day, customer_day(customer, work.now))
        ),
        requests=_requests(rows, kept),
        work=_work(rows, kept, shows_names=shows_names) if detail is Detail.ENTRIES else (),
        invoices=_invoices(db, organization_id, period),
        seller=_party(seller) if seller else None,
        language=customer.language if customer else "en",
        accent=seller.accent if seller else "",
    )


def work_on_request(
    work: Work, customer: Customer, ticket_id: int
) -> tuple[RequestTotal | None, tuple[WorkShown, ...]]:
    """The approved work on one request that is billed to this customer: its sum, and each entry. One query."""
    found: Any = work.db.execute(
        _WORK.where(WorkEntry.organization_id == customer.organization_id, WorkEntry.ticket_id == ticket_id)
    )
    rows = list(found)
    totals = _requests(rows, ())
    return (totals[0] if totals else None), _work(rows, (), shows_names=customer.shows_names)


def _rows(db: Session, organization_id: int, period: Period) -> list[Row[Any]]:
    # Any: a row of named columns, of as many types
    found: Any = db.execute(
        _WORK.where(
            WorkEntry.organization_id == organization_id,
            EntryLine.customer_on >= period.start,
            EntryLine.customer_on < period.end,
        )
    )
    return list(found)


def _balances(db: Session, organization_id: int, period: Period, as_of: date) -> tuple[BalanceShown, ...]:
    found = db.execute(
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(
            Agreement.organization_id == organization_id,
            Agreement.state != "draft",
            Agreement.starts_on < period.end,
            AgreementLine.kind.in_([kind.value for kind in UNITS]),
        )
        .order_by(Agreement.number, AgreementLine.position, AgreementLine.id)
    )
    lines = [(line, agreement) for line, agreement in found]
    balances = balances_of(db, lines, as_of)
    several = len({agreement.id for _, agreement in lines}) > 1
    shown = (
        _shown(
            f"{agreement.name}: {line.name}" if several else line.name, line, balances[line.id], period, as_of
        )
        for line, agreement in lines
    )
    return tuple(each for each in shown if each.opening or each.closing or each.rows)


def _shown(name: str, line: AgreementLine, balance: Balance, period: Period, as_of: date) -> BalanceShown:
    """One balance; what was carried over within the period, and debts that were paid back, sum to nought."""
    told = summary(balance.drawn.movements, period.start, as_of + timedelta(days=1))
    empty = empty_on(balance.drawn, as_of)
    return BalanceShown(
        name,
        BalanceUnit(UNITS[LineKind(line.kind)].value),
        told.opening,
        tuple(BalanceRow(kind.value, told.sums[kind]) for kind in Kind if told.sums.get(kind)),
        told.closing,
        used_percent=use_of(balance.drawn, as_of).percent,
        empty_on=empty if told.closing > 0 else None,
        expiring=tuple(
            ExpiringRow(lot.remaining, lot.expires_on) for lot in expiring(balance.drawn.remaining, as_of)
        ),
    )


def _requests(rows: Iterable[Row[Any]], kept: Collection[int]) -> tuple[RequestTotal, ...]:
    totals: dict[int | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    subjects: dict[int | None, str] = {}
    for row in rows:
        number = None if row.ticket_id in kept else row.ticket_id
        sums = totals[number]
        subjects[number] = (row.subject or "") if number is not None else ""
        sums[0] += row.billed_seconds
        sums[1] += row.billed_seconds if row.outcome == "covered" else 0
        sums[2] += row.amount
    order = sorted(totals, key=lambda number: (number is None, number or 0))
    return tuple(RequestTotal(number, subjects[number], *totals[number]) for number in order)


def _work(rows: Iterable[Row[Any]], kept: Collection[int], *, shows_names: bool) -> tuple[WorkShown, ...]:
    by_entry: dict[tuple[int, date], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_entry[row.entry_id, row.customer_on].append(row)
    return tuple(
        _entry(entry_id, day, parts, kept, shows_names=shows_names)
        for (entry_id, day), parts in by_entry.items()
    )


def _entry(
    entry_id: int, day: date, parts: Sequence[Row[Any]], kept: Collection[int], *, shows_names: bool
) -> WorkShown:
    first = parts[0]
    role = first.role_shown or first.role_name or ""
    return WorkShown(
        entry_id,
        day,
        None if first.ticket_id in kept else first.ticket_id,
        (first.real_name or first.login) if shows_names else role,
        first.type_shown or first.type_name or "",
        first.note_customer,
        sum(part.billed_seconds for part in parts),
        sum(part.billed_seconds for part in parts if part.outcome == "covered"),
        sum(part.amount for part in parts),
        is_no_charge=all(part.outcome in FREE for part in parts),
    )


def _invoices(db: Session, organization_id: int, period: Period) -> tuple[InvoiceShown, ...]:
    rows = db.execute(
        select(Invoice.id, Invoice.number, Invoice.kind, Invoice.issued_on, Invoice.total, Invoice.due_on)
        .where(
            Invoice.organization_id == organization_id,
            Invoice.state != "draft",
            Invoice.issued_on >= period.start,
            Invoice.issued_on < period.end,
        )
        .order_by(Invoice.issued_on, Invoice.id)
    )
    return tuple(
        InvoiceShown(
            row.id, row.number or "", row.kind == "credit_note", row.issued_on, row.total, row.due_on
        )
        for row in rows
    )


def _party(seller: Seller) -> Party:
    return Party(
        name=seller.name,
        address=Address(
            seller.street, seller.extra, seller.postcode, seller.city, seller.region, seller.country
        ),
        legal_name=seller.legal_name,
        vat_id=seller.vat_id,
        phone=seller.phone,
        email=seller.email,
        website=seller.website,
    )
