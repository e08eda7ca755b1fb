"""Ledgers from rows: what came in, what is frozen, what the customer agreed to on top."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy_billing.balances.kinds import UNITS, LineKind, has_balance
from rtpy_billing.balances.rhythms import rhythm_of
from rtpy_billing.ledgers.values import (
    Allowance,
    AtZero,
    Kind,
    Ledger,
    Lot,
    Movement,
    Order,
    Rollover,
    Rules,
)
from rtpy_billing.models import Agreement, AgreementLine, Consent, Invoice, MovementRow

NEEDS_PAYING = frozenset({Kind.PURCHASE, Kind.GRANT, Kind.TOP_UP})

_MOVEMENTS = (
    select(MovementRow, Invoice.paid_on.is_not(None).label("is_paid"))
    .outerjoin(Invoice, Invoice.id == MovementRow.invoice_id)
    .order_by(MovementRow.worked_on, MovementRow.id)
)
_CONSENTS = select(Consent).where(Consent.state == "agreed").order_by(Consent.usable_from, Consent.id)


def read_ledgers(db: Session, lines: Iterable[tuple[AgreementLine, Agreement]]) -> dict[int, Ledger]:
    """The ledgers of those lines that have one, by the line's id. Two queries, however many lines."""
    kept = {line.id: (line, agreement) for line, agreement in lines if has_balance(line.kind)}
    if not kept:
        return {}
    rows: dict[int, list[tuple[MovementRow, bool]]] = defaultdict(list)
    for row, is_paid in db.execute(_MOVEMENTS.where(MovementRow.line_id.in_(kept))):
        rows[row.line_id].append((row, bool(is_paid)))
    consents: dict[int, list[Consent]] = defaultdict(list)
    for consent in db.scalars(_CONSENTS.where(Consent.line_id.in_(kept))):
        consents[consent.line_id].append(consent)
    return {
        id_: ledger_of(line, agreement, rows[id_], consents[id_]) for id_, (line, agreement) in kept.items()
    }


def ledger_of(
    line: AgreementLine,
    agreement: Agreement,
    rows: Sequence[tuple[MovementRow, bool]],
    consents: Sequence[Consent] = (),
) -> Ledger:
    """One ledger of its rows, each with whether its invoice is paid."""
    lots = tuple(_lot(row, is_paid=is_paid) for row, is_paid in rows if brings(row))
    fixed = tuple(_fixed(row) for row, _ in rows if not brings(row))
    rhythm = rhythm_of(agreement)
    return Ledger(
        rules_of(line),
        lots,
        fixed,
        tuple(Allowance(str(one.id), one.quantity, one.usable_from) for one in consents),
        _open_from(fixed),
        rhythm,
    )


def rules_of(line: AgreementLine) -> Rules:
    """How the balance of a line is drawn from."""
    return Rules(
        UNITS[LineKind(line.kind)],
        Order(line.draw_order),
        AtZero(line.at_zero),
        line.deficit_limit,
        Rollover(line.rollover_limit, line.rollover_periods),
        line.only_when_paid,
    )


def brings(row: MovementRow) -> bool:
    """Does this movement bring something in that work may draw from?"""
    return row.quantity > 0 and row.usable_from is not None


def _lot(row: MovementRow, *, is_paid: bool) -> Lot:
    kind = Kind(row.kind)
    return Lot(
        row.lot or f"m{row.id}",
        kind,
        row.quantity,
        row.usable_from or row.worked_on,
        row.expires_on,
        rolls=row.rolls,
        paid=is_paid or kind not in NEEDS_PAYING,
    )


def _fixed(row: MovementRow) -> Movement:
    return Movement(Kind(row.kind), row.worked_on, row.quantity, row.lot, _source(row), frozen=True)


def _source(row: MovementRow) -> Hashable:
    return row.entry_id if row.entry_id is not None else row.note or None


def _open_from(fixed: Iterable[Movement]) -> date | None:
    """The first open day: where the last period that was closed ended, which its frozen expiry marks."""
    return max((one.worked_on for one in fixed if one.kind is Kind.EXPIRY), default=None)
