"""What a part of a period is worth, by days."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rtpy_billing.periods.period import BillingPeriod, Period


@dataclass(frozen=True, slots=True)
class QuantityChange:
    """From `on` onwards there are `quantity` units: devices, users, licences."""

    on: date
    quantity: int


def prorated(amount: int, period: BillingPeriod, *, prorate: bool) -> Fraction:
    """`amount` of a full period, or its share in a part-period; exact, to be rounded once by who writes the line."""
    return amount * period.share if prorate else Fraction(amount)


def units_in(
    period: BillingPeriod, changes: Sequence[QuantityChange], *, prorate: bool, counted_on: date
) -> Fraction:
    """How many units a period is billed for.

    With `prorate` each day counts the units of that day, so that one that came on the 16th of a month of 30 days
    counts half. Else the units of `counted_on` count for the whole period.
    """
    if not prorate:
        return Fraction(_quantity_on(changes, counted_on))
    days = Fraction(0)
    for start, end, quantity in _stretches(period.billed, changes):
        days += quantity * (end - start).days
    return days / period.full.days


def _quantity_on(changes: Sequence[QuantityChange], day: date) -> int:
    past = [change for change in changes if change.on <= day]
    return max(past, key=lambda change: change.on).quantity if past else 0


def _stretches(period: Period, changes: Sequence[QuantityChange]) -> list[tuple[date, date, int]]:
    cuts = sorted({period.start, period.end, *(change.on for change in changes if change.on in period)})
    return [(start, end, _quantity_on(changes, start)) for start, end in itertools.pairwise(cuts)]
