"""Agreements end, renew and get dearer on the days that were agreed."""

from datetime import date
from fractions import Fraction

import pytest

from rtpy_billing.periods.price_rise import PriceRise, price_on, round_half_up
from rtpy_billing.periods.term import Renewal, Term


def D(text: str) -> date:
    return date.fromisoformat(text)


YEAR = Term(D("2026-01-01"), D("2027-01-01"), Renewal.AUTOMATIC, months=12, notice_days=90)


def test_notice_must_come_before_its_last_day():
    assert YEAR.notice_by == D("2026-10-02")
    assert Term(D("2026-01-01"), None).notice_by is None


@pytest.mark.parametrize(
    ("term", "day", "expected"),
    [
        (YEAR, "2026-12-31", None),
        (YEAR, "2027-01-01", ("2027-01-01", "2028-01-01")),
        (YEAR, "2029-05-05", ("2029-01-01", "2030-01-01")),  # nobody looked for two years
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.NONE), "2027-01-01", None),
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.ASK), "2027-01-01", None),
        (Term(YEAR.starts_on, None, Renewal.AUTOMATIC), "2027-01-01", None),
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.AUTOMATIC, 12, 90, D("2026-10-02")), "2027-01-01", None),
        # too late: the agreement goes on for one more term
        (
            Term(YEAR.starts_on, YEAR.ends_on, Renewal.AUTOMATIC, 12, 90, D("2026-10-03")),
            "2027-01-01",
            ("2027-01-01", "2028-01-01"),
        ),
    ],
)
def test_an_agreement_renews_itself_unless_notice_came_in_time(term, day, expected):
    renewed = term.renewed(D(day))
    assert (renewed and (renewed.starts_on.isoformat(), str(renewed.ends_on))) == expected


@pytest.mark.parametrize(
    ("term", "day", "expected"),
    [
        (YEAR, "2026-09-01", False),
        (YEAR, "2026-09-02", True),
        (YEAR, "2026-12-24", True),
        (YEAR, "2027-01-01", False),
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.ASK), "2026-12-01", True),
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.NONE), "2026-12-01", False),
        (Term(YEAR.starts_on, YEAR.ends_on, Renewal.ASK, noticed_on=D("2026-05-01")), "2026-12-01", False),
    ],
)
def test_somebody_is_told_before_the_last_day_for_notice(term, day, expected):
    assert term.is_up_for_renewal(D(day)) is expected


def test_prices_rise_by_percent_and_by_index_one_after_the_other():
    rises = [PriceRise.by_index(D("2028-01-01"), 1182, 1200), PriceRise.by_percent(D("2027-01-01"), 350)]
    assert price_on(9_500, rises, D("2026-12-31")) == 9_500
    assert price_on(9_500, rises, D("2027-01-01")) == 9_833  # 98.325
    assert price_on(9_500, rises, D("2028-01-01")) == 9_983


@pytest.mark.parametrize(
    ("value", "expected"), [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("7/5", 1), ("-7/5", -1), ("4", 4)]
)
def test_halves_go_away_from_zero(value, expected):
    assert round_half_up(Fraction(value)) == expected
