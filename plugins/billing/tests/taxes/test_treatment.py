"""Which tax a line bears: by class, place and day, and between countries."""

from datetime import date

import pytest

from rtpy.errors import Invalid
from rtpy_billing.taxes.rates import TaxRate, find_rate, rate_of
from rtpy_billing.taxes.treatment import Sale, treat
from rtpy_billing.taxes.values import Tax, TaxCategory

OCTOBER = date(2026, 10, 15)


def standard(rate: int) -> Tax:
    return Tax(TaxCategory.STANDARD, rate)


RATES = (
    TaxRate("standard", "DE", date(2007, 1, 1), standard(1900), date(2020, 7, 1)),
    TaxRate("standard", "DE", date(2020, 7, 1), standard(1600), date(2021, 1, 1)),
    TaxRate("standard", "DE", date(2021, 1, 1), standard(1900)),
    TaxRate("reduced", "DE", date(2021, 1, 1), standard(700)),
    TaxRate("standard", "US-TX", date(2020, 1, 1), standard(825)),
    TaxRate("standard", "US", date(2020, 1, 1), Tax(TaxCategory.OUTSIDE_SCOPE)),
    TaxRate("standard", "CH", date(2024, 1, 1), standard(810)),
    TaxRate("exempt", "", date(2020, 1, 1), Tax(TaxCategory.EXEMPT, 0, "Small business")),
)


@pytest.mark.parametrize(
    ("tax_class", "country", "region", "day", "rate"),
    [
        ("standard", "DE", "", date(2020, 6, 30), 1900),
        ("standard", "DE", "", date(2020, 7, 1), 1600),
        ("standard", "DE", "", date(2020, 12, 31), 1600),
        ("standard", "DE", "", date(2021, 1, 1), 1900),
        ("standard", "DE", "BY", OCTOBER, 1900),
        ("reduced", "DE", "", OCTOBER, 700),
        ("standard", "US", "TX", OCTOBER, 825),
        ("standard", "US", "OR", OCTOBER, 0),
        ("exempt", "FR", "", OCTOBER, 0),
    ],
)
def test_the_rate_is_that_of_the_class_the_place_and_the_day(tax_class, country, region, day, rate):
    assert rate_of(RATES, tax_class, country, day, region).rate == rate


def test_a_missing_rate_is_named_and_not_taken_for_nought():
    assert find_rate(RATES, "standard", "DE", date(2006, 12, 31)) is None
    with pytest.raises(Invalid, match="no tax rate for the class “reduced” in FR on 2026-10-15"):
        rate_of(RATES, "reduced", "FR", OCTOBER)


@pytest.mark.parametrize(
    ("seller", "buyer", "vat_id", "is_goods", "category", "rate"),
    [
        ("DE", "DE", "DE987654321", False, "S", 1900),
        ("DE", "AT", "ATU12345678", False, "AE", 0),
        ("DE", "AT", "ATU12345678", True, "K", 0),
        ("DE", "GR", "EL123456789", False, "AE", 0),
        ("DE", "AT", "", False, "S", 1900),
        (
            "DE",
            "AT",
            "DE987654321",
            False,
            "S",
            1900,
        ),  # registered at home too: no reverse charge with that number
        ("DE", "NO", "", False, "O", 0),
        ("DE", "NO", "", True, "G", 0),
        ("DE", "CH", "", False, "S", 810),  # a rate of that place is kept: the seller is registered there
        ("US", "US", "", False, "O", 0),
        ("GB", "DE", "DE987654321", False, "S", 1900),
    ],
)
def test_a_sale_is_treated_by_where_the_parties_are(seller, buyer, vat_id, is_goods, category, rate):
    sale = Sale("standard", OCTOBER, seller, buyer, buyer_vat_id=vat_id, is_goods=is_goods)

    tax = treat(RATES, sale)

    assert (tax.category, tax.rate) == (category, rate)
    assert bool(tax.reason) == tax.category.needs_reason


def test_what_somebody_decided_for_a_customer_comes_before_the_places():
    forced = Sale("standard", OCTOBER, "DE", "DE", forced=TaxCategory.EXEMPT, forced_reason="§ 4 Nr. 21 UStG")
    abroad = Sale("standard", OCTOBER, "DE", "AT", buyer_vat_id="ATU12345678", forced=TaxCategory.STANDARD)

    assert treat(RATES, forced).reason == "§ 4 Nr. 21 UStG"
    assert treat(RATES, abroad).rate == 1900


def test_the_legal_text_speaks_the_language_of_the_document():
    sale = Sale("standard", OCTOBER, "DE", "AT", buyer_vat_id="ATU12345678", language="de")

    assert treat(RATES, sale).reason.startswith("Steuerschuldnerschaft des Leistungsempfängers")
    assert treat(RATES, sale).reason_code == "VATEX-EU-AE"


def test_a_customer_without_a_country_is_asked_for_one():
    with pytest.raises(Invalid, match="no country"):
        treat(RATES, Sale("standard", OCTOBER, "DE", ""))
