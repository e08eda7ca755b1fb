"""Quantities of balances in words, for pages, mails and statements."""

from rtpy_billing.ledgers.values import Unit
from rtpy_billing.money import shown


def in_words(unit: Unit, quantity: int, currency: str) -> str:
    """`3:20 h`, `1 250.00 EUR` or `4 incidents`; below zero with a sign in front."""
    if unit is Unit.SECONDS:
        return f"{hours(quantity)} h"
    if unit is Unit.MONEY:
        return shown(quantity, currency)
    return f"{quantity} incident{'' if abs(quantity) == 1 else 's'}"


def hours(seconds: int) -> str:
    """`3:20`: hours and minutes, rounded to the minute away from zero."""
    minutes = -(-abs(seconds) // 60)
    sign = "\N{MINUS SIGN}" if seconds < 0 else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}"


def left_in_words(unit: Unit, left: int, currency: str) -> str:
    """What a customer is told: `3:20 h left`, and never less than nothing: `0:30 h over`."""
    words = in_words(unit, abs(left), currency)
    return f"{words} over" if left < 0 else f"{words} left"
