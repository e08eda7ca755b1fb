"""Amounts of money as whole minor units of a currency: their size, rounding, spreading, reading and printing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
TWO_DECIMALS = frozenset(
    (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
        "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
        "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
        "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW"
    ).split()
)
CURRENCIES = NO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS

# One kind of mark in groups of three, then perhaps the other kind and the decimals; or no groups at all.
GROUPED = re.compile(r"([+-]?)(\d{1,3}(?:([ .,'’])\d{3})(?:\3\d{3})*|\d+)(?:([.,])(\d+))?")
LARGEST = 10**15  # minor units; keeps every sum far inside the 64 bits of a column


class Rounding(StrEnum):
    """What happens to exactly one half of a minor unit."""

    HALF_UP = "half_up"  # away from nought, so that a credit mirrors its invoice
    HALF_EVEN = "half_even"  # banker's


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): 0, 2 or 3; ValueError for a code that is none."""
    if currency in TWO_DECIMALS:
        return 2
    if currency in NO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    raise ValueError(f"“{currency}” is not a currency.")


@dataclass(frozen=True, slots=True)
class Money:
    """So many minor units of one currency; sums of two currencies do not exist."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return f"{plain(self.amount, self.currency)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared.")
        return other.amount


def rounded(value: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """The whole number next to `value`; a half goes away from nought, or to the even neighbour."""
    if rounding is Rounding.HALF_EVEN:
        return round(value)
    twice = 2 * abs(value.numerator) + value.denominator
    return (twice // (2 * value.denominator)) * (1 if value >= 0 else -1)


def product(amount: int, numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`amount * numerator / denominator` in minor units, rounded once; the denominator is positive."""
    exact = amount * numerator
    if exact % denominator == 0:
        return exact // denominator
    if rounding is Rounding.HALF_EVEN:
        return rounded(Fraction(exact, denominator), rounding)
    return (2 * abs(exact) + denominator) // (2 * denominator) * (1 if exact >= 0 else -1)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in whole parts as the weights say: largest remainders first, the earlier of equal ones; sums exactly.

    The weights are none of them negative. Where all are nought, the first gets everything; no weights, no parts.
    """
    whole = sum(weights)
    if not weights:
        return []
    if whole == 0:
        return [total, *([0] * (len(weights) - 1))]
    size, sign = abs(total), (1 if total >= 0 else -1)
    parts = [size * weight // whole for weight in weights]
    missing = size - sum(parts)
    if missing:
        order = sorted(range(len(weights)), key=lambda at: (-(size * weights[at] % whole), at))
        for at in order[:missing]:
            parts[at] += 1
    return parts if sign > 0 else [-part for part in parts]


def settle(total: int, parts: Sequence[int]) -> list[int]:
    """The parts, with what they lack of `total` or have too much put on the largest of them (the first of equals)."""
    if not parts:
        return []
    largest = max(range(len(parts)), key=lambda at: (abs(parts[at]), -at))
    return [part + (total - sum(parts) if at == largest else 0) for at, part in enumerate(parts)]


def plain(amount: int, currency: str) -> str:
    """The amount with a point and all its decimals, without the currency: `1234.50`, as files and forms want it."""
    decimals = exponent(currency)
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def shown(amount: int, currency: str, *, group: str = "\u202f", point: str = ".") -> str:
    """The amount for people: `1 234.50 EUR`, thousands apart by a narrow space, or the marks that are given."""
    sign, digits = ("\u2212" if amount < 0 else ""), plain(abs(amount), currency)
    whole, _, decimals = digits.partition(".")
    spaced = f"{int(whole):,}".replace(",", group)
    return f"{sign}{spaced}{point + decimals if decimals else ''}\u00a0{currency}"


def read_amount(text: str, currency: str) -> int:
    """Minor units of what somebody typed: `95`, `95.5`, `1'234,50`, `1.234,50`, `-3`.

    A single point or comma before three digits is read as the mark of the thousands, unless the currency has three
    decimals. ValueError with a sentence for what is no amount, has too many decimals or is larger than anything real.
    """
    decimals = exponent(currency)
    typed = text.strip().replace("\u2212", "-").replace("\u202f", " ").replace("\u00a0", " ")
    found = GROUPED.fullmatch(typed) if typed.isascii() or "’" in typed else None
    if decimals == 3 and found and found[3] in (".", ",") and found[4] is None and len(found[2]) <= 7:
        found = re.fullmatch(r"([+-]?)(\d+)()([.,])(\d+)", typed) or found
    if found is None or (found[3] and found[3] == found[4]):
        raise ValueError(f"“{text.strip()[:40]}” is not an amount; write it like 1234.50.")
    sign, whole, _, _, part = found.groups()
    part = part or ""
    if len(part) > decimals:
        several = f"{decimals} decimals" if decimals else "no decimals"
        raise ValueError(f"{currency} has {several}; “{text.strip()[:40]}” has more.")
    amount = int(re.sub(r"\D", "", whole) + part.ljust(decimals, "0")) * (-1 if sign == "-" else 1)
    if abs(amount) > LARGEST:
        raise ValueError("That amount is too large to be real.")
    return amount
