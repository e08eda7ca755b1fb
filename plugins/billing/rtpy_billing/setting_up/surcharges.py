"""Surcharges: what changes the rate at certain times or for certain work."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import Role, SurchargeRow, WorkType
from rtpy_billing.money import plain as plain_amount
from rtpy_billing.pricing.words import Hours, Operation, Rung
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import chosen, told
from rtpy_billing.setting_up.rates import read_days
from rtpy_billing.setting_up.scopes import changing, read_scope, typed_scope
from rtpy_billing.typed import Typed

OPERATIONS = {
    Operation.MULTIPLY.value: "Multiply the rate",
    Operation.ADD.value: "Add to the rate, for each hour",
    Operation.REPLACE.value: "Take the place of the rate, for each hour",
    Operation.FEE.value: "Add a fee, once for what is rounded together",
}
HOURS = {
    Hours.ANY.value: "At any hour",
    Hours.OUT.value: "Out of the agreed hours",
    Hours.IN.value: "In the agreed hours",
}
HOLIDAYS = {
    "": "On any date",
    "only": "Only on dates with hours of their own",
    "never": "Never on these dates",
}
LARGEST_FACTOR = 100_000


def typed_surcharge(row: SurchargeRow | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {
            "rung": Rung.BOOK.value,
            "operation": Operation.MULTIPLY.value,
            "hours": Hours.OUT.value,
            "currency": "EUR",
            "sort_order": "0",
        }
    given = {
        **typed_scope(row.rung, row.scope_id),
        "name": row.name,
        "operation": row.operation,
        "value": f"{row.value / 1000:g}" if not row.currency else plain_amount(row.value, row.currency),
        "currency": row.currency or "EUR",
        "hours": row.hours,
        "holidays": {None: "", True: "only", False: "never"}[row.exceptions],
        "role_id": str(row.role_id or ""),
        "work_type_id": str(row.work_type_id or ""),
        "sort_order": str(row.sort_order),
        "is_last": "1" if row.is_last else "",
        "valid_from": row.valid_from.isoformat() if row.valid_from else "",
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }
    return given | {f"weekday_{day}": "1" for day in row.weekdays or ()}


def save_surcharge(
    work: Work, row: SurchargeRow | None, given: Mapping[str, str], *, confirmed: bool = False
) -> SurchargeRow:
    """Make a surcharge (None) or change one. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    name = typed.text("name", 100, "Give it a name: customers may read it on invoices.")
    rung, scope_id = read_scope(work, typed)
    role_id, type_id = chosen(work, typed, "role_id", Role), chosen(work, typed, "work_type_id", WorkType)
    operation = Operation(typed.choice("operation", OPERATIONS, Operation.MULTIPLY.value))
    currency = "" if operation is Operation.MULTIPLY else typed.currency("currency")
    value = read_factor(typed) if operation is Operation.MULTIPLY else _amount(typed, operation, currency)
    start, until = read_days(typed)
    values = {
        "name": name,
        "rung": rung.value,
        "scope_id": scope_id,
        "operation": operation.value,
        "value": value,
        "currency": currency,
        "sort_order": typed.number("sort_order", 0, 9999, 0),
        "is_last": typed.box("is_last"),
        "role_id": role_id,
        "work_type_id": type_id,
        "hours": typed.choice("hours", HOURS, Hours.ANY.value),
        "weekdays": [day for day in range(7) if typed.box(f"weekday_{day}")] or None,
        "exceptions": {"": None, "only": True, "never": False}[typed.choice("holidays", HOLIDAYS)],
        "valid_from": start,
        "valid_until": until,
    }
    typed.check()

    def change() -> SurchargeRow:
        before = None if row is None else told(work, row)
        there = row or SurchargeRow()
        for column, each in values.items():
            setattr(there, column, each)
        work.db.add(there)
        work.db.flush()
        note_configuration(work, "surcharge", there.id, there.name, before, told(work, there))
        return there

    scopes = {rung: {scope_id} if scope_id else set()}
    if row is not None:
        scopes.setdefault(Rung(row.rung), set()).update({row.scope_id} if row.scope_id else ())
    return changing(work, scopes, change, confirmed=confirmed)


def remove_surcharge(work: Work, row: SurchargeRow, *, confirmed: bool = False) -> None:
    """Take a surcharge away. Needs AdminBilling; raises WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)

    def change() -> None:
        note_configuration(work, "surcharge", row.id, row.name, told(work, row), None)
        work.db.delete(row)

    changing(work, {Rung(row.rung): {row.scope_id} if row.scope_id else set()}, change, confirmed=confirmed)


def read_factor(typed: Typed) -> int:
    """Per mille of a factor such as 1.5."""
    text = typed.raw("value").replace(",", ".")
    whole, _, part = text.partition(".")
    if not (whole + part).isascii() or not whole.isdigit() or not (part or "0").isdigit() or len(part) > 3:
        typed.wrong("value", "Write a factor like 1.5, with three decimals at most.")
        return 1000
    factor = int(whole[:6]) * 1000 + int(part.ljust(3, "0"))
    if factor > LARGEST_FACTOR:
        typed.wrong("value", "At most a hundred times.")
    return factor


def _amount(typed: Typed, operation: Operation, currency: str) -> int:
    amount = typed.amount("value", currency, signed=operation is Operation.ADD)
    if amount is None and not any(problem.field == "value" for problem in typed.problems):
        typed.wrong("value", "How much?")
    return amount or 0
