"""Loose ends of the bill that lie with agreements and invoices."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from rtpy_billing.balances.present import balances_of
from rtpy_billing.loose_ends.values import End, Found, Kind, Look
from rtpy_billing.models import Agreement, AgreementLine, Customer, Invoice, Payment, WorkEntry, not_invoiced


def find_undelivered(look: Look) -> Iterable[Found]:
    """Issued, and nobody got it."""
    query = (
        select(Invoice.id, Invoice.number, Invoice.issued, Invoice.organization_id, Invoice.issued_by_id)
        .add_columns(Invoice.total, Invoice.currency, Invoice.delivery)
        .where(
            Invoice.state == "issued",
            or_(
                Invoice.delivery == "failed",
                (Invoice.delivery == "") & (Invoice.issued < look.before(days=1)),
            ),
        )
    )
    for row in look.work.db.execute(query):
        yield _of_invoice(row, f"{row.id}:{row.delivery}", row.issued, row.total)


def find_unpaid(look: Look) -> Iterable[Found]:
    """Past its terms and not paid; only where payments are noted at all."""
    db = look.work.db
    if not db.scalar(select(exists(select(Payment.id)))):
        return
    query = select(
        Invoice.id,
        Invoice.number,
        Invoice.due_on,
        Invoice.organization_id,
        Invoice.issued_by_id,
        Invoice.total,
        Invoice.paid,
        Invoice.currency,
    ).where(
        Invoice.state == "issued",
        Invoice.kind == "invoice",
        Invoice.due_on < look.today,
        Invoice.paid < Invoice.total,
    )
    for row in db.execute(query):
        since = look.start_of(row.due_on + timedelta(days=1))
        yield _of_invoice(row, f"{row.id}:{row.paid}", since, row.total - row.paid)


def find_low_water(look: Look) -> Iterable[Found]:
    """A block that is nearly used up."""
    db = look.work.db
    lines = db.execute(
        select(AgreementLine, Agreement, Customer.account_owner_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .outerjoin(Customer, Customer.organization_id == Agreement.organization_id)
        .where(
            Agreement.state == "active",
            Agreement.starts_on <= look.today,
            or_(Agreement.ends_on.is_(None), Agreement.ends_on > look.today),
            AgreementLine.low_water.is_not(None),
        )
    ).all()
    balances = balances_of(db, [(line, agreement) for line, agreement, _ in lines], look.today)
    for line, agreement, owner_id in lines:
        left = balances[line.id].left if line.id in balances else None
        if left is not None and line.low_water is not None and left < line.low_water:
            yield Found(
                key=f"{line.id}:{left <= 0}",
                since=look.work.now,
                owner_id=owner_id,
                organization_id=agreement.organization_id,
                thing_id=agreement.id,
                number=left,
                detail=f"{agreement.number} {line.name}"[:200],
            )


def find_ended(look: Look) -> Iterable[Found]:
    """The agreement is over, and work goes on."""
    query = (
        select(
            Agreement.id,
            Agreement.number,
            Agreement.name,
            Agreement.organization_id,
            Agreement.ends_on,
            Customer.account_owner_id,
            func.count(WorkEntry.id).label("number_of"),
        )
        .join(WorkEntry, WorkEntry.organization_id == Agreement.organization_id)
        .outerjoin(Customer, Customer.organization_id == Agreement.organization_id)
        .where(
            Agreement.state.in_(("active", "ended")),
            Agreement.ends_on <= look.today,
            Agreement.ends_on > look.today - timedelta(days=180),
            WorkEntry.worked_on >= Agreement.ends_on,
            WorkEntry.agreement_id.is_(None),
            not_invoiced(),
        )
        .group_by(
            Agreement.id,
            Agreement.number,
            Agreement.name,
            Agreement.organization_id,
            Agreement.ends_on,
            Customer.account_owner_id,
        )
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=look.start_of(row.ends_on),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            thing_id=row.id,
            number=row.number_of,
            detail=f"{row.number} {row.name}"[:200],
        )


def find_miscounted(look: Look) -> Iterable[Found]:
    """What is charged per unit differs from what was counted."""
    query = (
        select(AgreementLine.id, AgreementLine.name, AgreementLine.quantity, AgreementLine.counted)
        .add_columns(AgreementLine.counted_on, Agreement.id.label("agreement_id"), Agreement.organization_id)
        .add_columns(Customer.account_owner_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .outerjoin(Customer, Customer.organization_id == Agreement.organization_id)
        .where(
            AgreementLine.kind == "per_unit",
            AgreementLine.counted.is_not(None),
            AgreementLine.counted != AgreementLine.quantity,
            Agreement.state == "active",
        )
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.id}:{row.quantity}:{row.counted}",
            since=look.start_of(row.counted_on or look.today),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            thing_id=row.agreement_id,
            detail=f"{row.name}: {row.quantity} agreed, {row.counted} counted"[:200],
        )


def find_other_currency(look: Look) -> Iterable[Found]:
    """An agreement in another currency than the customer pays in: pricing passes it over."""
    query = (
        select(Agreement.id, Agreement.number, Agreement.name, Agreement.currency, Agreement.organization_id)
        .add_columns(Agreement.starts_on, Customer.currency.label("paid_in"), Customer.account_owner_id)
        .join(Customer, Customer.organization_id == Agreement.organization_id)
        .where(Agreement.state == "active", Agreement.currency != Customer.currency)
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.id}:{row.paid_in}",
            since=look.start_of(row.starts_on),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            thing_id=row.id,
            detail=f"{row.number} {row.name}: in {row.currency}, the customer pays in {row.paid_in}"[:200],
        )


def _of_invoice(row: Any, key: str, since: datetime, amount: int) -> Found:
    return Found(
        key=key,
        since=since,
        owner_id=row.issued_by_id,
        organization_id=row.organization_id,
        thing_id=row.id,
        amount=amount,
        currency=row.currency,
        detail=row.number or "",
    )


KINDS = (
    Kind(
        "undelivered",
        End.BILL,
        "Invoices that nobody got",
        "Issued and not delivered, or the mail came back.",
        "Deliver",
        find_undelivered,
        is_money=True,
    ),
    Kind(
        "unpaid",
        End.BILL,
        "Invoices past their terms",
        "Remind the customer, or note the payment.",
        "Open",
        find_unpaid,
        is_money=True,
    ),
    Kind(
        "low_water",
        End.BILL,
        "Blocks that are nearly used up",
        "Offer a new block before the work stops.",
        "Open",
        find_low_water,
    ),
    Kind(
        "agreement_ended",
        End.BILL,
        "Work after the end of an agreement",
        "Renew the agreement, or charge the work by time.",
        "Open",
        find_ended,
    ),
    Kind(
        "miscounted",
        End.BILL,
        "Units that were counted otherwise",
        "What is charged per unit is not what there is: change the agreement or the list.",
        "Open",
        find_miscounted,
    ),
    Kind(
        "other_currency",
        End.BILL,
        "Agreements in another currency",
        "They cover nothing: agree in the currency in which the customer pays.",
        "Open",
        find_other_currency,
    ),
)
