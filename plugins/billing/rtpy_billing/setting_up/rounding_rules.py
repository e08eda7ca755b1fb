"""Rounding rules: minimum, increment, grace and maximum, and what is rounded together."""

from collections.abc import Mapping

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import RoundingRuleRow, WorkType
from rtpy_billing.pricing.words import Direction, Grouping, Rung
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import chosen, told
from rtpy_billing.setting_up.scopes import changing, read_scope, typed_scope
from rtpy_billing.typed import Typed

GROUPINGS = {
    Grouping.TICKET_DAY.value: "All work on one ticket in one day",
    Grouping.TICKET.value: "All work on one ticket",
    Grouping.PERSON_DAY.value: "All work of one person in one day",
    Grouping.INVOICE.value: "All work of one billing period",
    Grouping.ENTRY.value: "Each entry for itself",
}
DIRECTIONS = {
    Direction.UP.value: "Up",
    Direction.NEAREST.value: "To the nearest",
    Direction.DOWN.value: "Down",
}
MOST = 100_000  # minutes


def typed_rounding_rule(row: RoundingRuleRow | None) -> dict[str, str]:
    """The present values as the form shows them, in minutes."""
    if row is None:
        return {
            "rung": Rung.BOOK.value,
            "grouping": Grouping.TICKET_DAY.value,
            "direction": Direction.UP.value,
        }
    rung, scope_id = scope_of(row)
    minutes = {
        name: f"{seconds // 60}" if seconds else ""
        for name, seconds in (
            ("minimum", row.minimum),
            ("increment", row.increment),
            ("grace", row.grace),
            ("maximum", row.maximum),
        )
    }
    return {
        **typed_scope(rung.value, scope_id),
        **minutes,
        "name": row.name,
        "work_type_id": str(row.work_type_id or ""),
        "grouping": row.grouping,
        "direction": row.direction,
    }


def scope_of(row: RoundingRuleRow) -> tuple[Rung, int | None]:
    """For whom it holds."""
    if row.line_id is not None:
        return Rung.LINE, row.line_id
    return (Rung.BOOK, None) if row.organization_id is None else (Rung.CUSTOMER, row.organization_id)


def save_rounding_rule(
    work: Work, row: RoundingRuleRow | None, given: Mapping[str, str], *, confirmed: bool = False
) -> RoundingRuleRow:
    """Make a rule (None) or change one. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    rung, scope_id = read_scope(work, typed)
    if rung is Rung.TICKET:
        typed.wrong("rung", "A rule holds for everybody, a customer or a line.")
    line_id, organization_id = (
        scope_id if rung is Rung.LINE else None,
        scope_id if rung is Rung.CUSTOMER else None,
    )
    seconds = {
        name: (typed.number(name, 0, MOST, 0) or 0) * 60
        for name in ("minimum", "increment", "grace", "maximum")
    }
    if seconds["grace"] and seconds["grace"] >= seconds["increment"]:
        typed.wrong("grace", "Grace must be less than the increment, or nothing would ever be rounded up.")
    if seconds["maximum"] and seconds["maximum"] < seconds["minimum"]:
        typed.wrong("maximum", "The most is less than the least.")
    values = {
        "name": typed.text("name", 100, "Give it a name."),
        "line_id": line_id,
        "organization_id": organization_id,
        "work_type_id": chosen(work, typed, "work_type_id", WorkType),
        "grouping": typed.choice("grouping", GROUPINGS, Grouping.TICKET_DAY.value),
        "direction": typed.choice("direction", DIRECTIONS, Direction.UP.value),
        **seconds,
        "maximum": seconds["maximum"] or None,
    }
    if not typed.problems and _same(work, row, values):
        typed.wrong("work_type_id", "There is a rule for these already: change that one.")
    typed.check()

    def change() -> RoundingRuleRow:
        before = None if row is None else told(work, row)
        there = row or RoundingRuleRow(version=0)
        for column, each in values.items():
            setattr(there, column, each)
        work.db.add(there)
        work.db.flush()
        if before != told(work, there):
            there.version += 1
        note_configuration(work, "rounding_rule", there.id, there.name, before, told(work, there))
        return there

    scopes = {rung: {scope_id} if scope_id else set()}
    if row is not None:
        old, old_id = scope_of(row)
        scopes.setdefault(old, set()).update({old_id} if old_id else ())
    return changing(work, scopes, change, confirmed=confirmed)


def remove_rounding_rule(work: Work, row: RoundingRuleRow, *, confirmed: bool = False) -> None:
    """Take a rule away. Needs AdminBilling; raises WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)

    def change() -> None:
        note_configuration(work, "rounding_rule", row.id, row.name, told(work, row), None)
        work.db.delete(row)

    rung, scope_id = scope_of(row)
    changing(work, {rung: {scope_id} if scope_id else set()}, change, confirmed=confirmed)


def _same(work: Work, row: RoundingRuleRow | None, values: Mapping[str, object]) -> bool:
    query = select(RoundingRuleRow.id)
    for name in ("line_id", "organization_id", "work_type_id"):
        column, value = getattr(RoundingRuleRow, name), values[name]
        query = query.where(column.is_(None) if value is None else column == value)
    if row is not None:
        query = query.where(RoundingRuleRow.id != row.id)
    return work.db.scalar(query.limit(1)) is not None
