"""What a form says of one line of an agreement, read and checked by the line's kind."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select

from rtpy.search.language.error import QueryError
from rtpy.search.language.parser import parse
from rtpy.work import Work
from rtpy_billing.agreements.conditions import read_conditions
from rtpy_billing.agreements.counting import ASSETS, ENTERED, GROUP, SOURCES
from rtpy_billing.agreements.milestones import read_milestones
from rtpy_billing.balances.kinds import GRANTED, UNITS, LineKind
from rtpy_billing.ledgers.values import AtZero, Order, Unit
from rtpy_billing.models import Agreement, AgreementLine, Role
from rtpy_billing.pricing.words import ChargeMode
from rtpy_billing.typed import Typed

AT_ZERO = {
    AtZero.OVERFLOW.value: "Go on, billed at the overflow rate",
    AtZero.NEGATIVE.value: "Go below zero; what comes in next pays it back",
    AtZero.CONSENT.value: "Hold it until the customer agrees",
    AtZero.BLOCK.value: "No new billable work",
}
DRAW_ORDERS = {
    Order.EXPIRY_FIRST.value: "What expires first",
    Order.ROLLOVER_FIRST.value: "What was carried over first",
    Order.GRANT_FIRST.value: "The period’s own first",
    Order.OLDEST_FIRST.value: "The oldest first",
}
MODES = {
    ChargeMode.BILLABLE.value: "Billable",
    ChargeMode.NO_CHARGE.value: "No charge, but shown",
    ChargeMode.HIDDEN.value: "Hidden",
    ChargeMode.UNDECIDED.value: "Undecided",
}
ROLLOVERS = {"none": "None", "all": "All of it", "some": "Up to a limit"}
FIRST_WEIGHT, LAST_WEIGHT = 1, 10_000


def read_line_terms(
    work: Work, agreement: Agreement, line: AgreementLine | None, kind: LineKind, given: Mapping[str, str]
) -> Mapping[str, object]:
    """Columns of a line as typed. Raises Invalid with a sentence for each field that does not hold."""
    typed = Typed(given)
    columns: dict[str, object] = {
        "kind": kind.value,
        "name": typed.text("name", 200, "Give the line a name: it stands on invoices."),
        "description": typed.long_text("description", 2000),
        "position": typed.number("position", 0, 9999, 0),
        "charge_mode": typed.choice("charge_mode", MODES) or None,
        "role_id": _role(work, typed),
        "tax_class": typed.text("tax_class", 40) or "standard",
        "account": typed.text("account", 60),
        "conditions": read_conditions(work, typed) or None,
    }
    _read_dates(typed, agreement, columns)
    details = dict(line.details or {}) if line else {}
    columns["details"] = details
    if kind in UNITS:
        _read_balance(typed, agreement, kind, columns)
    _READERS[kind](typed, agreement.currency, columns, details)
    columns["details"] = details or None
    typed.check()
    return columns


def _read_dates(typed: Typed, agreement: Agreement, columns: dict[str, object]) -> None:
    starts_on, ends_on = typed.day("starts_on"), typed.end_after("last_day")
    if starts_on and starts_on < agreement.starts_on:
        typed.wrong("starts_on", "A line starts no earlier than its agreement.")
    if ends_on and ends_on <= (starts_on or agreement.starts_on):
        typed.wrong("last_day", "It must end after it starts.")
    columns["starts_on"], columns["ends_on"] = starts_on, ends_on


def _role(work: Work, typed: Typed) -> int | None:
    chosen = typed.number("role")
    if chosen is not None and work.db.scalar(select(func.count()).where(Role.id == chosen)) == 0:
        typed.wrong("role", "Choose a role of the list.")
        return None
    return chosen


def _read_balance(typed: Typed, agreement: Agreement, kind: LineKind, columns: dict[str, object]) -> None:
    """What all lines with a balance have."""
    currency, unit = agreement.currency, UNITS[kind]
    quantity = _quantity(typed, "quantity", unit, currency)
    if not quantity and not any(problem.field == "quantity" for problem in typed.problems):
        typed.wrong("quantity", "How much does it bring?")
    columns["quantity"] = quantity or 0
    columns["price"] = _price(typed, currency, default=quantity if kind is LineKind.RETAINER else None)
    columns["at_zero"] = typed.choice("at_zero", AT_ZERO, AtZero.OVERFLOW.value)
    columns["deficit_limit"] = _quantity(typed, "deficit_limit", unit, currency)
    columns["draw_order"] = typed.choice("draw_order", DRAW_ORDERS, Order.EXPIRY_FIRST.value)
    columns["only_when_paid"] = typed.box("only_when_paid")
    columns["overflow_rate"] = typed.amount("overflow_rate", currency)
    columns["weight_in"] = _weight(typed, "weight_in")
    columns["weight_out"] = _weight(typed, "weight_out")
    columns["top_up_quantity"] = _quantity(typed, "top_up_quantity", unit, currency)
    columns["top_up_price"] = typed.amount("top_up_price", currency)
    columns["low_water"] = typed.number("low_water", 1, 99)
    if kind in GRANTED:
        rollover = typed.choice("rollover", ROLLOVERS, "none")
        limit = _quantity(typed, "rollover_limit", unit, currency)
        if rollover == "some" and not limit:
            typed.wrong("rollover_limit", "Up to how much may be carried over?")
        columns["rollover_limit"] = None if rollover == "all" else limit if rollover == "some" else 0
        columns["rollover_periods"] = typed.number("rollover_periods", 1, 60, 1)
        columns["is_prorated"] = typed.box("is_prorated")
    else:
        columns["expires_months"] = typed.number("expires_months", 1, 120)


def _quantity(typed: Typed, name: str, unit: Unit, currency: str) -> int | None:
    """In the unit of the balance: hours as seconds, money as minor units, incidents as they are."""
    if unit is Unit.SECONDS:
        return typed.duration(name)
    if unit is Unit.MONEY:
        return typed.amount(name, currency)
    return typed.number(name, 0, 100_000)


def _weight(typed: Typed, name: str) -> int:
    """Per mille of a percentage: 200 takes double."""
    percent = typed.number(name, FIRST_WEIGHT, FIRST_WEIGHT * 1000, 100)
    return (percent or 100) * 10


def _price(typed: Typed, currency: str, default: int | None = None) -> int:
    price = typed.amount("price", currency)
    if price is None:
        if default is None and not any(problem.field == "price" for problem in typed.problems):
            typed.wrong("price", "What does it cost? Write 0 if nothing.")
        return default or 0
    return price


def _nothing_more(
    typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]
) -> None:
    """Everything was read already."""


def _time_materials(
    typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]
) -> None:
    columns["cap"] = typed.amount("cap", currency)


def _fixed_fee(typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]) -> None:
    columns["price"] = _price(typed, currency)
    columns["is_prorated"] = typed.box("is_prorated")
    details["fair_use"] = typed.duration("fair_use")


def _fixed_price(typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]) -> None:
    milestones = read_milestones(typed, currency, details.get("milestones"))
    details["milestones"] = milestones
    columns["price"] = sum(int(str(each["amount"])) for each in milestones)


def _per_unit(typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]) -> None:
    columns["price"] = _price(typed, currency)
    quantity = typed.number("quantity", 0, 1_000_000)
    if quantity is None and not any(problem.field == "quantity" for problem in typed.problems):
        typed.wrong("quantity", "How many units?")
    columns["quantity"] = quantity or 0
    columns["is_prorated"] = typed.box("is_prorated")
    details["unit"] = typed.text("unit", 40)
    columns["quantity_source"] = source = typed.choice("quantity_source", SOURCES, ENTERED)
    query, group = typed.text("count_query", 1000), typed.text("count_group", 200)
    for name in ("count_query", "count_group"):
        details.pop(name, None)
    if source == ASSETS and query:
        details["count_query"] = query
        try:
            parse(query)
        except QueryError as wrong:
            typed.wrong("count_query", f"This search cannot be read: {wrong}")
    if source == GROUP:
        details["count_group"] = group
        if not group:
            typed.wrong("count_group", "Whose members are counted? Write the name of the group.")
    details["covers"] = typed.box("covers")


def _pass_through(
    typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]
) -> None:
    cost = typed.amount("cost", currency)
    margin = typed.percent("margin", 1000) or 0
    if cost is None and not any(problem.field == "cost" for problem in typed.problems):
        typed.wrong("cost", "What does it cost ourselves?")
    columns["cost"] = cost
    columns["quantity"] = typed.number("quantity", 0, 1_000_000, 1)
    details["margin"] = margin
    columns["price"] = (2 * (cost or 0) * (10_000 + margin) + 10_000) // 20_000


def _discount(typed: Typed, currency: str, columns: dict[str, object], details: dict[str, object]) -> None:
    points, amount = typed.percent("discount"), typed.amount("price", currency)
    if bool(points) == bool(amount) and not typed.problems:
        typed.wrong("discount", "Give either a percentage or an amount.")
    columns["discount"], columns["price"] = points or 0, amount or 0


_READERS: Mapping[LineKind, Callable[[Typed, str, dict[str, object], dict[str, object]], None]] = {
    LineKind.TIME_MATERIALS: _time_materials,
    LineKind.BLOCK: _nothing_more,
    LineKind.RECURRING_BLOCK: _nothing_more,
    LineKind.RETAINER: _nothing_more,
    LineKind.INCIDENTS: _nothing_more,
    LineKind.FIXED_FEE: _fixed_fee,
    LineKind.FIXED_PRICE: _fixed_price,
    LineKind.PER_UNIT: _per_unit,
    LineKind.PASS_THROUGH: _pass_through,
    LineKind.DISCOUNT: _discount,
}
