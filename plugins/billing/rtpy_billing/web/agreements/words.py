"""What pages say of agreements: kinds, prices, periods and quantities in plain words."""

from collections.abc import Mapping

from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.quantities import hours, in_words
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.money import shown
from rtpy_billing.periods.rhythm import Every

KINDS = {
    LineKind.TIME_MATERIALS: ("Time and materials", "Work is billed as it is done, at the agreed rates."),
    LineKind.BLOCK: (
        "Block of hours",
        "Hours bought once; work draws from them until they are used or expire.",
    ),
    LineKind.RECURRING_BLOCK: (
        "Hours each period",
        "So many hours in each billing period, perhaps with rollover.",
    ),
    LineKind.RETAINER: ("Retainer", "An amount in advance, from which the price of work is deducted."),
    LineKind.INCIDENTS: ("Incidents", "So many requests each period, whatever work they take."),
    LineKind.FIXED_FEE: ("Fixed fee", "A fee each period that pays for all work that fits."),
    LineKind.FIXED_PRICE: ("Fixed price", "A project at a fixed price, billed by milestones."),
    LineKind.PER_UNIT: ("Per unit", "A price for each device, user or licence and period."),
    LineKind.PASS_THROUGH: ("Pass-through", "What we buy for the customer, at cost with a margin."),
    LineKind.DISCOUNT: ("Discount", "A percentage or an amount off each period's invoice."),
}
EVERY = {
    Every.WEEK.value: "Weekly",
    Every.TWO_WEEKS.value: "Every two weeks",
    Every.MONTH.value: "Monthly",
    Every.QUARTER.value: "Quarterly",
    Every.HALF_YEAR.value: "Half-yearly",
    Every.YEAR.value: "Yearly",
}
PERIODS = {
    Every.WEEK.value: "week",
    Every.TWO_WEEKS.value: "two weeks",
    Every.MONTH.value: "month",
    Every.QUARTER.value: "quarter",
    Every.HALF_YEAR.value: "half-year",
    Every.YEAR.value: "year",
}
STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("Draft", "badge-warn"),
    "active": ("Active", "badge-ok"),
    "ended": ("Ended", ""),
}
MOVEMENTS = {
    "purchase": "Bought",
    "grant": "Granted",
    "top-up": "Topped up",
    "use": "Used",
    "rollover in": "Carried over (in)",
    "rollover out": "Carried over (out)",
    "expiry": "Expired",
    "transfer": "Moved",
    "correction": "Corrected",
    "refund": "Refunded",
}


def price_in_words(agreement: Agreement, line: AgreementLine, price: int) -> str:
    """`10:00 h a month for 950.00 EUR`; `price` is the one of today."""
    kind, currency = LineKind(line.kind), agreement.currency
    money, period = shown(price, currency), PERIODS[agreement.every]
    match kind:
        case LineKind.TIME_MATERIALS:
            return (
                f"by the hour, at most {shown(line.cap, currency)} a {period}" if line.cap else "by the hour"
            )
        case LineKind.BLOCK:
            return f"{in_words(UNITS[kind], line.quantity, currency)} for {money}"
        case LineKind.RECURRING_BLOCK | LineKind.INCIDENTS:
            return f"{in_words(UNITS[kind], line.quantity, currency)} a {period} for {money}"
        case LineKind.RETAINER:
            return f"{shown(line.quantity, currency)} a {period}"
        case LineKind.FIXED_FEE:
            fair = (line.details or {}).get("fair_use")
            return f"{money} a {period}" + (f", fair use up to {hours(fair)} h" if fair else "")
        case LineKind.FIXED_PRICE:
            return money
        case LineKind.PER_UNIT:
            unit = (line.details or {}).get("unit") or "unit"
            return f"{money} a {period} for each {unit}; now {line.quantity}"
        case LineKind.PASS_THROUGH:
            return f"{line.quantity} × {money}"
        case LineKind.DISCOUNT:
            return f"{line.discount / 100:g} % off" if line.discount else f"{money} off a {period}"
