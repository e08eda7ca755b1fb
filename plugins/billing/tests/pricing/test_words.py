"""Every step of a price can be told."""

from dataclasses import replace

import pytest

from plugins.billing.tests.pricing.made import CUSTOMER, HOUR, OFFICE, Pots, clocked, minutes, priced, rule
from rtpy_billing.pricing.line import StepKind
from rtpy_billing.pricing.values import Line, Surcharge
from rtpy_billing.pricing.words import Cover, Fate, Operation, Rung
from rtpy_billing.web.prices.words import TITLES, Names, ladder, tell

BLOCK = Line(id=50, agreement_id=5, name="Ten hours", cover=Cover.HOURS, overflow_rate=9000)
CALL_OUT = Surcharge(id=9, name="Call-out", rung=Rung.BOOK, operation=Operation.FEE, value=5000)


def texts(lines):
    return " ".join(tell(step, Names("EUR", {4: "Senior"})).text for line in lines for step in line.steps)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: priced(minutes(45, role_id=4), rounding_rules=(rule(60, name="Hours"),)), "at least 1:00"),
        (lambda: priced(minutes(45, role_id=4)), "Senior, chosen for this entry"),
        (lambda: priced(minutes(45), rates=()), "None is set up"),
        (lambda: priced(minutes(90), lines=(BLOCK,), draw=Pots(p50=HOUR)), "covers 1:00 of 1:30"),
        (lambda: priced(minutes(90), lines=(BLOCK,), draw=Pots(Fate.HELD)), "has nothing left"),
        (lambda: priced(minutes(9), lines=(replace(BLOCK, cover=Cover.FLAT),)), "pays for all of it"),
        (
            lambda: priced(minutes(9), lines=(replace(BLOCK, cover=Cover.INCIDENTS),), draw=Pots(p50=1)),
            "all of it",
        ),
        (lambda: priced(minutes(9), lines=(replace(BLOCK, cover=Cover.MONEY),), draw=Pots(p50=100)), "1.00"),
        (lambda: priced(minutes(90), lines=(replace(BLOCK, cover=Cover.NONE, cap=100),)), "At most 1.00"),
        (lambda: priced(minutes(9), surcharges=(CALL_OUT,)), "Call-out: 50.00"),
        (lambda: priced(minutes(9, write_off_reason="Our mistake")), "Our mistake"),
        (
            lambda: priced(
                clocked("2026-11-22T10:00", "2026-11-22T11:00"), customer=replace(CUSTOMER, calendar=OFFICE)
            ),
            "Out of the agreed hours of “Office” on 22 Nov 2026, by the clock",
        ),
        (
            lambda: priced(minutes(60), minutes(-5, id=2, corrects=1), lines=(BLOCK,), draw=Pots(p50=HOUR)),
            "0:05 is taken",
        ),
    ],
)
def test_a_step_is_told_in_words(made, said):
    assert said in texts(made()).replace("\u00a0", " ")


def test_every_kind_of_step_has_a_title():
    assert set(TITLES) == set(StepKind)


def test_the_ladder_has_all_five_rungs():
    (line,) = priced(minutes(60, rate=100))
    assert [(rung.rate != "–", rung.won) for rung in ladder(line.steps, "EUR")] == [
        (True, True),
        (False, False),
        (False, False),
        (False, False),
        (True, False),
    ]
