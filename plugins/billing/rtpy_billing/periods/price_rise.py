"""Prices that rise on a day, by a percentage or with an index."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Self


@dataclass(frozen=True, slots=True)
class PriceRise:
    """From `on` onwards the price is `factor` times what it was; a factor below 1 makes it cheaper."""

    on: date
    factor: Fraction
    reason: str = ""

    @classmethod
    def by_percent(cls, on: date, basis_points: int, reason: str = "") -> Self:
        """A rise of so many hundredths of a percent: 350 is 3.5 %."""
        return cls(on, 1 + Fraction(basis_points, 10_000), reason)

    @classmethod
    def by_index(cls, on: date, before: int, after: int, reason: str = "") -> Self:
        """A rise with an index, both readings in the same whole unit: 1182 for an index of 118.2."""
        if before <= 0 or after <= 0:
            raise ValueError("an index is above zero")
        return cls(on, Fraction(after, before), reason)


def price_on(price: int, rises: Iterable[PriceRise], day: date) -> int:
    """The price of `day`, in minor units: each rise up to `day` in turn, each time rounded half up.

    Rounded each time since each price was shown to the customer and is the one that the next rise is reckoned from.
    """
    for rise in sorted(rises, key=lambda one: one.on):
        if rise.on <= day:
            price = round_half_up(price * rise.factor)
    return price


def round_half_up(value: Fraction) -> int:
    """To the nearest whole number; halves away from zero."""
    doubled = 2 * abs(value.numerator) + value.denominator
    whole = doubled // (2 * value.denominator)
    return whole if value >= 0 else -whole
