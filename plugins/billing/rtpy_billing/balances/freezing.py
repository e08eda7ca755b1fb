"""What an invoice makes final of balances: the uses of its entries, and what a closed period carried over or lost."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from rtpy.work import Work
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.ledgers.values import Kind, Movement
from rtpy_billing.models import Agreement, AgreementLine, EntryLine, Invoice, MovementRow

_BY_ITSELF = frozenset({Kind.EXPIRY, Kind.ROLLOVER_OUT, Kind.TRANSFER})


def freeze_uses(
    work: Work, invoice: Invoice, entry_ids: Iterable[int], closes_on: date | None = None
) -> None:
    """Write down what the entries of an issued invoice took from balances; from now on nothing moves it.

    Call it before the entries become `invoiced`, in the transaction of the issue. `closes_on` is the day on which the
    billed period ends, if it is wholly billed: what is carried over and lost up to then is frozen too, and work for
    it that is entered later draws from the first period after it.
    """
    ids = set(entry_ids)
    lines = _lines_of(work, ids)
    if closes_on is not None and invoice.agreement_id is not None:
        lines |= _lines_of_agreement(work, invoice.agreement_id)
    for line_id, balance in balances_of(work.db, lines, closes_on or work.now.date()).items():
        frozen = [use for use in balance.open_uses if use.source in ids]
        if closes_on is not None:
            _close(work, invoice, line_id, balance, closes_on)
        for use in frozen:
            work.db.add(_row(work, line_id, use, invoice))


def release_uses(work: Work, credit_note: Invoice, entry_ids: Iterable[int]) -> None:
    """Give back what the entries took, because a credit note released them; each gets a movement of its own."""
    ids = set(entry_ids)
    rows = work.db.scalars(
        select(MovementRow)
        .where(MovementRow.kind == Kind.USE, MovementRow.entry_id.in_(ids))
        .order_by(MovementRow.id)
    ).all()
    left: dict[tuple[int, int | None, str | None], tuple[int, date]] = {}
    for row in rows:
        key = (row.line_id, row.entry_id, row.lot)
        left[key] = (left.get(key, (0, row.worked_on))[0] + row.quantity, row.worked_on)
    for (line_id, entry_id, lot), (quantity, day) in left.items():
        if quantity:
            work.db.add(_row(work, line_id, Movement(Kind.USE, day, -quantity, lot, entry_id), credit_note))


def _close(work: Work, invoice: Invoice, line_id: int, balance: Balance, closes_on: date) -> None:
    """Freeze what is computed up to the end of the period, and mark that day as the first open one."""
    known = {lot.key for lot in balance.ledger.lots}
    for one in balance.drawn.remaining:
        lot = one.lot
        if lot.kind is Kind.ROLLOVER_IN and lot.key not in known and lot.usable_from <= closes_on:
            carried = _row(work, line_id, Movement(lot.kind, lot.usable_from, lot.quantity, lot.key), invoice)
            carried.usable_from, carried.expires_on = lot.usable_from, lot.expires_on
            work.db.add(carried)
    for movement in balance.drawn.movements:
        if movement.kind in _BY_ITSELF and not movement.frozen and movement.worked_on <= closes_on:
            work.db.add(_row(work, line_id, movement, invoice))
    if balance.ledger.open_from is None or balance.ledger.open_from < closes_on:
        work.db.add(_row(work, line_id, Movement(Kind.EXPIRY, closes_on, 0, None), invoice))


def _row(work: Work, line_id: int, movement: Movement, invoice: Invoice) -> MovementRow:
    return MovementRow(
        line_id=line_id,
        kind=movement.kind.value,
        worked_on=movement.worked_on,
        posted=work.now,
        quantity=movement.quantity,
        lot=movement.lot,
        entry_id=movement.source if movement.kind is Kind.USE and isinstance(movement.source, int) else None,
        invoice_id=invoice.id,
        actor_id=work.actor.user_id,
        note="",
    )


def _lines_of(work: Work, entry_ids: set[int]) -> set[tuple[AgreementLine, Agreement]]:
    found = work.db.execute(
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(
            AgreementLine.id.in_(
                select(EntryLine.line_id).where(
                    EntryLine.entry_id.in_(entry_ids), EntryLine.outcome == "covered"
                )
            )
        )
    )
    return {(line, agreement) for line, agreement in found}


def _lines_of_agreement(work: Work, agreement_id: int) -> set[tuple[AgreementLine, Agreement]]:
    found = work.db.execute(
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(Agreement.id == agreement_id)
    )
    return {(line, agreement) for line, agreement in found}
