"""Amounts are whole minor units; nothing is lost between reading, spreading, rounding and printing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy_billing.money import (
    CURRENCIES,
    Money,
    Rounding,
    apportion,
    exponent,
    plain,
    product,
    read_amount,
    rounded,
    settle,
    shown,
)

AMOUNTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("95", "EUR", 9500),
        ("95.5", "EUR", 9550),
        ("95,50", "EUR", 9550),
        ("1.234,50", "EUR", 123450),
        ("1,234.50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1 234", "EUR", 123400),
        ("1,234", "EUR", 123400),
        ("1.234", "KWD", 1234),
        ("0,005", "KWD", 5),
        ("1,234.5", "KWD", 1234500),
        ("12000", "JPY", 12000),
        ("12.000", "JPY", 12000),
        ("-3", "EUR", -300),
        ("−3.10", "EUR", -310),
        ("0", "EUR", 0),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, currency, amount):
    assert read_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "EUR"),
        ("free", "EUR"),
        ("1.2.3", "EUR"),
        ("1.234.5", "EUR"),
        ("12.345", "XXJ"),
        ("1e5", "EUR"),
        ("1.2345", "KWD"),
        ("95.5551", "EUR"),
        ("12.5", "JPY"),
        ("٣", "EUR"),
        ("9" * 30, "EUR"),
        ("NaN", "EUR"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(text, currency):
    with pytest.raises(ValueError, match=r"\.$"):
        read_amount(text, currency)


@given(AMOUNTS, st.sampled_from(sorted(CURRENCIES)))
def test_a_printed_amount_reads_back(amount, currency):
    assert read_amount(plain(amount, currency), currency) == amount
    assert read_amount(shown(amount, currency).removesuffix(f"\u00a0{currency}"), currency) == amount


@pytest.mark.parametrize(
    ("value", "half_up", "half_even"),
    [
        ("0.5", 1, 0),
        ("1.5", 2, 2),
        ("2.5", 3, 2),
        ("-0.5", -1, 0),
        ("-2.5", -3, -2),
        ("2.4", 2, 2),
        ("-2.6", -3, -3),
    ],
)
def test_a_half_is_rounded_as_chosen(value, half_up, half_even):
    assert rounded(Fraction(value)) == half_up
    assert rounded(Fraction(value), Rounding.HALF_EVEN) == half_even


@given(AMOUNTS, st.integers(-(10**6), 10**6), st.integers(1, 10**5), st.sampled_from(Rounding))
def test_a_product_is_rounded_once(amount, numerator, denominator, rounding):
    exact = Fraction(amount * numerator, denominator)
    assert product(amount, numerator, denominator, rounding) == rounded(exact, rounding)


@given(AMOUNTS, WEIGHTS)
def test_parts_add_up_and_are_next_to_their_share(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or 1
    assert all(
        abs(part * whole - total * weight) < whole or not any(weights)
        for part, weight in zip(parts, weights, strict=True)
    )


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=9))
def test_what_is_missing_goes_to_the_largest(total, parts):
    settled = settle(total, parts)
    assert sum(settled) == total
    changed = [before for before, after in zip(parts, settled, strict=True) if before != after]
    assert changed in ([], [max(parts, key=abs)]) or abs(changed[0]) == max(abs(part) for part in parts)


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")
    assert str(Money(-5, "KWD") - Money(1, "KWD")) == "-0.006 KWD"
    with pytest.raises(ValueError, match="XYZ"):
        exponent("XYZ")
