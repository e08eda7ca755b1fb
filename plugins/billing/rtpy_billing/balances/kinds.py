"""What each kind of agreement line means for a balance."""

from enum import StrEnum

from rtpy_billing.ledgers.values import Unit


class LineKind(StrEnum):
    """The kinds of lines of an agreement, as `AgreementLine.kind` keeps them."""

    TIME_MATERIALS = "time_materials"
    BLOCK = "block"
    RECURRING_BLOCK = "recurring_block"
    RETAINER = "retainer"
    INCIDENTS = "incidents"
    FIXED_FEE = "fixed_fee"
    FIXED_PRICE = "fixed_price"
    PER_UNIT = "per_unit"
    PASS_THROUGH = "pass_through"
    DISCOUNT = "discount"


UNITS = {
    LineKind.BLOCK: Unit.SECONDS,
    LineKind.RECURRING_BLOCK: Unit.SECONDS,
    LineKind.RETAINER: Unit.MONEY,
    LineKind.INCIDENTS: Unit.INCIDENTS,
}
"""Lines with a balance, and what it is counted in."""

GRANTED = frozenset({LineKind.RECURRING_BLOCK, LineKind.RETAINER, LineKind.INCIDENTS})
"""Lines whose balance each billing period fills anew."""


def has_balance(kind: str) -> bool:
    """Is there a ledger behind a line of this kind?"""
    return kind in UNITS
