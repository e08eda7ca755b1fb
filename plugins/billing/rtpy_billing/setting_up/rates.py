"""Rates of the lower four rungs."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import RateRow, Role, WorkType
from rtpy_billing.money import plain as plain_amount
from rtpy_billing.pricing.words import Rung
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import chosen, told
from rtpy_billing.setting_up.scopes import changing, read_scope, typed_scope
from rtpy_billing.typed import Typed


def typed_rate(row: RateRow | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {"rung": Rung.BOOK.value, "currency": "EUR"}
    return {
        **typed_scope(row.rung, row.scope_id),
        "role_id": str(row.role_id or ""),
        "work_type_id": str(row.work_type_id or ""),
        "amount": plain_amount(row.amount, row.currency),
        "currency": row.currency,
        "valid_from": row.valid_from.isoformat() if row.valid_from else "",
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }


def save_rate(
    work: Work, row: RateRow | None, given: Mapping[str, str], *, confirmed: bool = False
) -> RateRow:
    """Make a rate (None) or change one. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    rung, scope_id = read_scope(work, typed)
    role_id, type_id = chosen(work, typed, "role_id", Role), chosen(work, typed, "work_type_id", WorkType)
    currency = typed.currency("currency")
    amount = typed.amount("amount", currency)
    if amount is None and not any(problem.field == "amount" for problem in typed.problems):
        typed.wrong("amount", "What does an hour cost?")
    start, until = read_days(typed)
    if not typed.problems and _same(work, row, (rung.value, scope_id, role_id, type_id, currency), start):
        typed.wrong("valid_from", "There is such a rate from that day on already: change that one.")
    typed.check()

    def change() -> RateRow:
        before = None if row is None else told(work, row)
        there = row or RateRow(version=0)
        there.rung, there.scope_id, there.role_id, there.work_type_id = rung.value, scope_id, role_id, type_id
        there.amount, there.currency, there.valid_from, there.valid_until = (
            amount or 0,
            currency,
            start,
            until,
        )
        work.db.add(there)
        work.db.flush()
        if before is not None and before != told(work, there):
            there.version += 1
        note_configuration(work, "rate", there.id, rate_name(there), before, told(work, there))
        return there

    scopes = {rung: {scope_id} if scope_id else set()}
    if row is not None:
        scopes.setdefault(Rung(row.rung), set()).update({row.scope_id} if row.scope_id else ())
    return changing(work, scopes, change, confirmed=confirmed)


def remove_rate(work: Work, row: RateRow, *, confirmed: bool = False) -> None:
    """Take a rate away. Needs AdminBilling; raises WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)

    def change() -> None:
        note_configuration(work, "rate", row.id, rate_name(row), told(work, row), None)
        work.db.delete(row)

    changing(work, {Rung(row.rung): {row.scope_id} if row.scope_id else set()}, change, confirmed=confirmed)


def rate_name(row: RateRow) -> str:
    """How the log of the set-up calls it."""
    return f"{row.rung} {row.scope_id or ''}".strip()


def read_days(typed: Typed) -> tuple[date | None, date | None]:
    """`valid_from` and `valid_until`, in order."""
    start, until = typed.day("valid_from"), typed.day("valid_until")
    if start and until and until <= start:
        typed.wrong("valid_until", "It ends before it begins.")
    return start, until


def _same(work: Work, row: RateRow | None, key: tuple[object, ...], start: date | None) -> bool:
    rung, scope_id, role_id, type_id, currency = key
    query = select(RateRow.id).where(
        RateRow.rung == rung,
        RateRow.scope_id.is_(None) if scope_id is None else RateRow.scope_id == scope_id,
        RateRow.role_id.is_(None) if role_id is None else RateRow.role_id == role_id,
        RateRow.work_type_id.is_(None) if type_id is None else RateRow.work_type_id == type_id,
        RateRow.currency == currency,
        RateRow.valid_from.is_(None) if start is None else RateRow.valid_from == start,
    )
    if row is not None:
        query = query.where(RateRow.id != row.id)
    return work.db.scalar(query.limit(1)) is not None
