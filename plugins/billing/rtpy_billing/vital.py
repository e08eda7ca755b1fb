"""Figures whose change would be a loss: ledgers, series of invoices, payments and logged work, as sums and counts."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Invoice,
    MovementRow,
    Payment,
    Seller,
    Series,
    WorkEntry,
)


def vital_figures(db: Session) -> dict[str, str]:
    """By name; money in the smallest unit of its currency, time in seconds. Five queries."""
    return {
        name: said for figures in (_ledgers, _series, _drafts, _payments, _work) for name, said in figures(db)
    }


def _ledgers(db: Session) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        select(Agreement.currency, AgreementLine.kind, func.count(), func.sum(MovementRow.quantity))
        .join(AgreementLine, AgreementLine.id == MovementRow.line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .group_by(Agreement.currency, AgreementLine.kind)
    )
    for currency, kind, count, total in rows:
        yield f"ledgers of {kind} in {currency}", f"{total} in {count} movements"


def _series(db: Session) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        select(
            Seller.name,
            Series.kind,
            Series.year,
            Series.next_number,
            Invoice.currency,
            func.max(Invoice.sequence),
            func.count(Invoice.id),
            func.coalesce(func.sum(Invoice.total), 0),
        )
        .join(Series, Series.seller_id == Seller.id)
        .outerjoin(Invoice, Invoice.series_id == Series.id)
        .group_by(Seller.name, Series.id, Series.kind, Series.year, Series.next_number, Invoice.currency)
    )
    for seller, kind, year, following, currency, last, count, total in rows:
        name = f"series {kind} {year or 'of all years'} of {seller}"
        yield f"{name}, next number", f"{following}"
        if count:
            yield f"{name} in {currency}", f"{count} documents to number {last}, {total}"


def _drafts(db: Session) -> Iterator[tuple[str, str]]:
    yield "drafts", f"{db.scalar(select(func.count()).where(Invoice.state == 'draft'))}"


def _payments(db: Session) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        select(Invoice.currency, func.count(), func.sum(Payment.amount))
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .group_by(Invoice.currency)
    )
    for currency, count, total in rows:
        yield f"payments in {currency}", f"{total} in {count}"


def _work(db: Session) -> Iterator[tuple[str, str]]:
    count, total = db.execute(
        select(func.count(), func.coalesce(func.sum(WorkEntry.worked_seconds), 0))
    ).one()
    yield "logged work", f"{total} in {count} entries"
