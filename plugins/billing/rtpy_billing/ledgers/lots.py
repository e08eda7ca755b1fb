"""Lots while they are drawn from, and which of them comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rtpy_billing.ledgers.values import Kind, Lot, Order


@dataclass(slots=True)
class OpenLot:
    """A lot and what is left of it; `emptied_on` is the day on which nothing was left."""

    lot: Lot
    remaining: int
    emptied_on: date | None = None


def first_in(order: Order) -> Callable[[OpenLot], tuple[int, date, int, date, str]]:
    """A key to sort lots by: the first is drawn from first."""

    def place(one: OpenLot) -> tuple[int, date, int, date, str]:
        lot = one.lot
        expires = lot.expires_on or date.max
        rank = _rank(lot)
        match order:
            case Order.EXPIRY_FIRST:
                return 0, expires, rank, lot.usable_from, lot.key
            case Order.ROLLOVER_FIRST:
                return int(rank != 0), expires, rank, lot.usable_from, lot.key
            case Order.GRANT_FIRST:
                return int(rank != 1), expires, rank, lot.usable_from, lot.key
            case Order.OLDEST_FIRST:
                return 0, lot.usable_from, rank, expires, lot.key

    return place


def _rank(lot: Lot) -> int:
    """0 for what was carried over, 1 for a period's own grant, 2 for what was bought."""
    if lot.kind is Kind.ROLLOVER_IN:
        return 0
    return 1 if lot.rolls or lot.kind is Kind.GRANT else 2
