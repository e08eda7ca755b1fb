"""The months of the sample consultancy: handed in, approved, invoiced, paid; the last one is in the middle of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from rtpy.errors import RtpyError
from rtpy.models import Organization, Ticket, User
from rtpy.work import Work
from rtpy_billing.agreements.granting import post_due
from rtpy_billing.invoicing.approval import approve_billing, approve_time
from rtpy_billing.invoicing.crediting import credit_invoice
from rtpy_billing.invoicing.delivering import deliver_by_hand
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.payments import note_payment
from rtpy_billing.invoicing.previewing import preview
from rtpy_billing.models import Agreement, Customer, Expense, Invoice, Timer, WorkEntry
from rtpy_billing.money import plain
from rtpy_billing.repricing.reprice import reprice


def live(work: Work, first: date) -> None:
    """Month after month from `first` until now; every whole month that is over is invoiced on the first of the next."""
    db = work.db
    customers = db.scalars(
        select(Organization)
        .join(Customer, Customer.organization_id == Organization.id)
        .order_by(Organization.id)
    ).all()
    today = work.now.date()
    start = first
    while (end := _next_month(start)) <= today:
        morning = _at(work, end)
        _grant(morning)
        for organization in customers:
            reprice(morning, organization.id)
        _hand_in(morning, start, end)
        _approve(morning, start, end, everything=True)
        invoices = [invoice for each in customers for invoice in _bill(morning, each, end)]
        is_last = _next_month(end) > today
        for invoice in invoices:
            deliver_by_hand(morning, invoice, "handed over on paper")
            if not is_last:
                _pay(_at(work, min(end + timedelta(days=12), today)), invoice)
        if is_last and invoices:
            _credit(morning, invoices[-1])
        start = end
    _grant(work)
    for organization in customers:
        reprice(work, organization.id)
    _hand_in(work, start, today - timedelta(days=4))
    _approve(work, start, today - timedelta(days=9), everything=False)
    _loose(work)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _at(work: Work, day: date) -> Work:
    return replace(work, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def _grant(work: Work) -> None:
    for agreement in work.db.scalars(select(Agreement).where(Agreement.state == "active")):
        post_due(work, agreement)


def _hand_in(work: Work, start: date, end: date) -> None:
    rows = work.db.scalars(
        select(WorkEntry).where(
            WorkEntry.state == "draft", WorkEntry.worked_on >= start, WorkEntry.worked_on < end
        )
    )
    for row in rows:
        row.state, row.submitted, row.version = "submitted", work.now, row.version + 1
    work.db.flush()  # who approves looks at the rows


def _approve(work: Work, start: date, end: date, *, everything: bool) -> None:
    """The time of all of it; of the bill only what can be billed, and half of that unless `everything`."""
    query = (
        select(WorkEntry)
        .where(WorkEntry.worked_on >= start, WorkEntry.worked_on < end)
        .order_by(WorkEntry.id)
    )
    handed_in = work.db.scalars(query.where(WorkEntry.state == "submitted")).all()
    if handed_in:
        approve_time(work, _versions(handed_in))
    checked = work.db.scalars(query.where(WorkEntry.state == "checked", WorkEntry.blocker == "")).all()
    if checked:
        approve_billing(work, _versions(checked if everything else checked[::2]))


def _versions(rows: Sequence[WorkEntry]) -> dict[int, int]:
    return {row.id: row.version for row in rows}


def _bill(work: Work, organization: Organization, until: date) -> list[Invoice]:
    issued = []
    for draft in prepare_drafts(work, organization, until):
        total = preview(work, draft).snapshot.totals.payable
        try:
            issued.append(issue(work, draft, draft.version, plain(total, draft.currency)))
        except RtpyError:
            continue  # stays a draft, with what it lacks said on its page
    return issued


def _pay(work: Work, invoice: Invoice) -> None:
    given = {"amount": plain(invoice.total, invoice.currency), "paid_on": work.now.date().isoformat()}
    note_payment(work, invoice, {**given, "reference": invoice.number or ""})


def _credit(work: Work, invoice: Invoice) -> None:
    """One was wrong: it is taken back as a whole, and its work waits for the next."""
    note = credit_invoice(work, invoice, "The purchase order was missing.")
    total = preview(work, note).snapshot.totals.payable
    issue(work, note, note.version, plain(total, note.currency))


def _loose(work: Work) -> None:
    """A timer that runs, a drive and a part: what lies about on any day."""
    db = work.db
    tom = db.scalars(select(User).where(User.name == "tom")).first()
    ticket = db.scalars(
        select(Ticket)
        .where(Ticket.organization_id.in_(select(Customer.organization_id)), Ticket.status == "open")
        .order_by(Ticket.id.desc())
    ).first()
    if tom is None or ticket is None:
        return
    begun = work.now - timedelta(minutes=42)
    db.add(Timer(user_id=tom.id, ticket_id=ticket.id, began=begun, started=begun, seconds=0, seen=work.now))
    for kind, text, unit, quantity, price in (
        ("travel", "Drive to the customer", "KMT", 24_000, 65),
        ("part", "SSD 1 TB", "C62", 1000, 8900),
    ):
        db.add(
            Expense(
                kind=kind,
                text=text,
                unit=unit,
                quantity=quantity,
                price=price,
                currency="EUR",
                ticket_id=ticket.id,
                organization_id=ticket.organization_id,
                user_id=tom.id,
                spent_on=work.now.date() - timedelta(days=2),
                created=work.now,
                version=1,
            )
        )
    db.flush()
