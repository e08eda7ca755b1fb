"""Booking into prepaid balances by hand: top-ups, corrections, transfers, refunds. Never changed, only added to."""

import secrets
from dataclasses import dataclass
from datetime import date

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.agreements.effects import with_effects
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.kinds import UNITS, has_balance
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.ledgers.lots import first_in
from rtpy_billing.ledgers.values import Kind
from rtpy_billing.models import Agreement, AgreementLine, MovementRow
from rtpy_billing.periods.rhythm import add_months
from rtpy_billing.rights import ADMIN_AGREEMENTS


@dataclass(frozen=True, slots=True)
class Booking:
    """What somebody wants to book: a quantity in the line's unit, the day it holds from, and why."""

    quantity: int
    day: date
    note: str
    expires_on: date | None = None


def top_up(
    work: Work, agreement: Agreement, line: AgreementLine, booking: Booking, *, confirmed: bool = False
) -> None:
    """More of it, bought beside what was agreed; it is billed with the next invoice. Needs AdminAgreements."""
    _check(work, agreement, line, booking)
    if booking.quantity <= 0:
        raise Invalid(Problem("quantity", "How much is bought?"))
    expires_on = booking.expires_on
    if expires_on is None and line.expires_months:
        expires_on = add_months(booking.day, line.expires_months)
    row = _incoming(work, line, Kind.TOP_UP, booking, expires_on)
    with_effects(work, agreement.organization_id, lambda: work.db.add(row), confirmed=confirmed)


def correct(
    work: Work, agreement: Agreement, line: AgreementLine, booking: Booking, *, confirmed: bool = False
) -> None:
    """Set a balance right, up or down, with a reason. Needs AdminAgreements."""
    _check(work, agreement, line, booking)
    if not booking.quantity:
        raise Invalid(Problem("quantity", "By how much? Write -2h to take two hours away."))
    if not booking.note:
        raise Invalid(Problem("note", "Say why: the reason stands in the ledger for ever."))
    if booking.quantity > 0:
        rows = [_incoming(work, line, Kind.CORRECTION, booking, booking.expires_on)]
    else:
        rows = _outgoing(work, agreement, line, Kind.CORRECTION, booking, may_owe=True)
    with_effects(work, agreement.organization_id, lambda: work.db.add_all(rows), confirmed=confirmed)


def refund(
    work: Work, agreement: Agreement, line: AgreementLine, booking: Booking, *, confirmed: bool = False
) -> None:
    """Give money back for what is left; never more than that. Needs AdminAgreements."""
    _check(work, agreement, line, booking)
    if booking.quantity <= 0:
        raise Invalid(Problem("quantity", "How much is given back?"))
    taken = Booking(-booking.quantity, booking.day, booking.note)
    rows = _outgoing(work, agreement, line, Kind.REFUND, taken)
    with_effects(work, agreement.organization_id, lambda: work.db.add_all(rows), confirmed=confirmed)


def transfer(
    work: Work,
    agreement: Agreement,
    line: AgreementLine,
    target: tuple[Agreement, AgreementLine],
    booking: Booking,
    *,
    confirmed: bool = False,
) -> None:
    """Move a part of what is left into another balance of the same customer and unit. Needs AdminAgreements."""
    _check(work, agreement, line, booking)
    other_agreement, other = target
    if other.id == line.id or other_agreement.organization_id != agreement.organization_id:
        raise Invalid(Problem("target", "Choose another balance of the same customer."))
    if UNITS.get(other.kind) != UNITS.get(line.kind) or other_agreement.currency != agreement.currency:  # type: ignore[call-overload]
        raise Invalid(Problem("target", "Both balances must count the same."))
    if booking.quantity <= 0:
        raise Invalid(Problem("quantity", "How much is moved?"))
    note = booking.note or f"{agreement.number} to {other_agreement.number}"
    rows = _outgoing(work, agreement, line, Kind.TRANSFER, Booking(-booking.quantity, booking.day, note))
    came = Booking(booking.quantity, booking.day, note, booking.expires_on)
    rows.append(_incoming(work, other, Kind.TRANSFER, came, booking.expires_on))
    with_effects(work, agreement.organization_id, lambda: work.db.add_all(rows), confirmed=confirmed)


def _check(work: Work, agreement: Agreement, line: AgreementLine, booking: Booking) -> None:
    need_system(work, ADMIN_AGREEMENTS)
    if not has_balance(line.kind):
        raise Refused(f"“{line.name}” has no balance.")
    if booking.day < agreement.starts_on:
        raise Invalid(Problem("day", "The agreement has not started on that day."))
    if booking.expires_on is not None and booking.expires_on <= booking.day:
        raise Invalid(Problem("expires_on", "It must expire after that day."))


def _incoming(
    work: Work, line: AgreementLine, kind: Kind, booking: Booking, expires_on: date | None
) -> MovementRow:
    return MovementRow(
        line_id=line.id,
        kind=kind.value,
        worked_on=booking.day,
        posted=work.now,
        quantity=booking.quantity,
        lot=f"{kind.value} {booking.day.isoformat()} {secrets.token_hex(4)}",
        usable_from=booking.day,
        expires_on=expires_on,
        actor_id=work.actor.user_id,
        note=booking.note,
    )


def _outgoing(
    work: Work,
    agreement: Agreement,
    line: AgreementLine,
    kind: Kind,
    booking: Booking,
    *,
    may_owe: bool = False,
) -> list[MovementRow]:
    """Movements that take from what is left, in the order in which work would; one for each lot."""
    today = today_of(work, agreement.organization_id)
    balance = balances_of(work.db, [(line, agreement)], max(today, booking.day))[line.id]
    wanted, rows = -booking.quantity, []
    for key, remaining in _left(balance, booking.day):
        taken = min(wanted, remaining)
        if taken > 0:
            rows.append(_out(work, line, kind, booking, taken, key))
            wanted -= taken
    if wanted and not may_owe:
        raise Invalid(Problem("quantity", "That is more than is left."))
    if wanted:
        rows.append(_out(work, line, kind, booking, wanted, None))
    return rows


def _left(balance: Balance, day: date) -> list[tuple[str, int]]:
    usable = [one for one in balance.drawn.remaining if one.remaining > 0 and one.lot.pays_for(day)]
    return [(one.lot.key, one.remaining) for one in sorted(usable, key=first_in(balance.ledger.rules.order))]


def _out(
    work: Work, line: AgreementLine, kind: Kind, booking: Booking, quantity: int, lot: str | None
) -> MovementRow:
    return MovementRow(
        line_id=line.id,
        kind=kind.value,
        worked_on=booking.day,
        posted=work.now,
        quantity=-quantity,
        lot=lot,
        actor_id=work.actor.user_id,
        note=booking.note,
    )
