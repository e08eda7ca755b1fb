"""What agreement lines cover, what becomes of the rest, and corrections of either."""

from dataclasses import replace
from datetime import date

import pytest

from plugins.billing.tests.pricing.made import (
    CUSTOMER,
    DAY,
    HOUR,
    OFFICE,
    Pots,
    clocked,
    inputs,
    minutes,
    priced,
)
from rtpy_billing.pricing.coverage import Facts, answers
from rtpy_billing.pricing.line import StepKind
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.values import Condition, Line, Surcharge, Ticket
from rtpy_billing.pricing.words import About, Cover, Fate, Fixed, Hours, Operation, Outcome, Rung

BLOCK = Line(id=50, agreement_id=5, name="Ten hours", cover=Cover.HOURS)
RETAINER = Line(id=51, agreement_id=5, name="Retainer", cover=Cover.MONEY)
FEE = Line(id=52, agreement_id=5, name="All in", cover=Cover.FLAT)
TIME = Line(id=53, agreement_id=5, name="Time and materials")
CASES = Line(id=54, agreement_id=5, name="Incidents", cover=Cover.INCIDENTS)


def told(lines):
    """Outcome, billed minutes and amount of each line."""
    return [(line.outcome.value, line.billed_seconds / 60, line.amount) for line in lines]


def test_a_fixed_fee_covers_everything_and_tells_what_it_was_worth():
    (line,) = priced(minutes(60), lines=(FEE,))
    assert (line.outcome, line.amount, line.value, line.line_id) == (Outcome.COVERED, 0, 12000, 52)


@pytest.mark.parametrize(
    ("fate", "rest"),
    [
        (Fate.OVERFLOW, ("charged", 30, 6000)),
        (Fate.AGREED, ("charged", 30, 6000)),
        (Fate.HELD, ("held", 30, 0)),
        (Fate.BLOCKED, ("blocked", 30, 0)),
    ],
)
def test_a_balance_covers_what_it_has_and_says_what_becomes_of_the_rest(fate, rest):
    lines = priced(minutes(90), lines=(BLOCK,), draw=Pots(fate, p50=HOUR))
    assert told(lines) == [("covered", 60, 0), rest]
    assert [(line.taken, line.sources, line.value) for line in lines] == [
        (HOUR, (("lot", HOUR),), 12000),
        (0, (), 6000),
    ]


def test_overflow_has_a_rate_of_its_own_to_which_surcharges_apply():
    block = replace(BLOCK, overflow_rate=9000, weight_out=2000)
    customer = replace(CUSTOMER, calendar=OFFICE)
    night = Surcharge(
        id=1, name="Night", rung=Rung.BOOK, operation=Operation.MULTIPLY, value=1500, hours=Hours.OUT
    )
    entry = clocked("2026-11-23T17:00", "2026-11-23T19:00")
    pots = Pots(p50=HOUR + 1800)
    lines = priced(entry, lines=(block,), customer=customer, surcharges=(night,), draw=pots)
    assert told(lines) == [("covered", 60, 0), ("covered", 15, 0), ("charged", 45, 10125)]
    assert [line.taken for line in lines] == [HOUR, 1800, 0]  # an hour at night takes two
    assert lines[2].charged_rate == 13500
    assert lines[2].exact == 10125


def test_what_one_balance_lacks_the_next_one_gives():
    second = replace(BLOCK, id=60, priority=1)
    lines = priced(minutes(90), lines=(second, BLOCK), draw=Pots(p50=HOUR, p60=600))
    assert [(line.line_id, line.billed_seconds) for line in lines] == [(50, 3600), (60, 600), (50, 1200)]
    lines = priced(minutes(90), lines=(BLOCK, replace(FEE, priority=1)), draw=Pots(p50=HOUR))
    assert told(lines) == [("covered", 60, 0), ("covered", 30, 0)]


def test_balances_are_drawn_by_the_date_of_work_and_not_of_typing():
    early, late = minutes(60, id=9, worked_on=date(2026, 11, 3)), minutes(60, id=2, worked_on=DAY)
    lines = priced(late, early, lines=(BLOCK,), draw=Pots(p50=HOUR))
    assert [(line.entry_id, line.outcome.value) for line in lines] == [(9, "covered"), (2, "charged")]


def test_a_retainer_pays_in_money_and_the_rest_is_exact():
    lines = priced(minutes(50), lines=(RETAINER,), draw=Pots(p51=3333))
    assert [(line.outcome.value, line.value, line.amount) for line in lines] == [
        ("covered", 3333, 0),
        ("charged", 6667, 6667),
    ]
    assert sum(line.billed_seconds for line in lines) == 3000
    assert lines[1].exact == 6667


def test_an_incident_covers_all_work_on_its_ticket():
    day = [minutes(60), minutes(30, id=2), minutes(30, id=3, ticket_id=8), minutes(20, id=4, ticket_id=9)]
    pots = Pots(p54=1)
    lines = priced(*day, lines=(CASES,), draw=pots)
    assert [line.outcome.value for line in lines] == ["covered", "covered", "charged", "charged"]
    assert [line.taken for line in lines] == [1, 0, 0, 0]
    again = {7: Ticket(id=7, incident="i"), 8: Ticket(id=8, incident="i"), 9: Ticket(id=9)}
    lines = priced(*day, lines=(CASES,), draw=Pots(p54=1), tickets=again)
    assert [line.outcome.value for line in lines] == ["covered", "covered", "covered", "charged"]


def test_an_invoiced_incident_is_not_drawn_again():
    first = minutes(60)
    frozen = replace(first, fixed=Fixed.ALL, lines=priced(first, lines=(CASES,), draw=Pots(p54=1)))
    (line,) = priced(frozen, minutes(30, id=2), lines=(CASES,), draw=Pots())
    assert (line.outcome, line.taken) == (Outcome.COVERED, 0)


def test_a_cap_ends_what_a_period_costs():
    capped = replace(TIME, cap=15000)
    period = date(2026, 11, 1)
    day = [minutes(60, id=number, period=period) for number in (1, 2, 3)]
    other = minutes(60, id=4, period=date(2026, 12, 1), worked_on=date(2026, 12, 1))
    lines = priced(*day, other, lines=(capped,))
    assert told(lines) == [
        ("charged", 60, 12000),
        ("charged", 60, 3000),
        ("capped", 60, 0),
        ("charged", 60, 12000),
    ]
    assert [line.exact for line in lines] == [12000, 3000, 0, 12000]


@pytest.mark.parametrize(
    ("condition", "covered"),
    [
        (Condition(About.WORK_TYPE, frozenset({1})), True),
        (Condition(About.WORK_TYPE, frozenset({2})), False),
        (Condition(About.WORK_TYPE, frozenset({2}), excluded=True), True),
        (Condition(About.WORK_TYPE, frozenset({1}), excluded=True), False),
        (Condition(About.ROLE, frozenset({4})), True),
        (Condition(About.QUEUE, frozenset({11, 12})), True),
        (Condition(About.QUEUE, frozenset({12})), False),
        (Condition(About.TICKET_TYPE, frozenset({"ticket"})), True),
        (Condition(About.SITE, frozenset({21})), True),
        (Condition(About.ASSET, frozenset({31})), True),
        (Condition(About.ASSET, frozenset({33})), False),
        (Condition(About.PERSON, frozenset({3})), True),
        (Condition(About.PERSON, frozenset({3}), excluded=True), False),
        (Condition(About.HOURS, frozenset({"in"})), True),
        (Condition(About.HOURS, frozenset({"out"})), False),
    ],
)
def test_a_condition_of_coverage_decides(condition, covered):
    ticket = Ticket(id=7, queue_id=11, site_id=21, asset_ids=frozenset({31, 32}))
    line = replace(FEE, conditions=(condition,))
    (found,) = priced(minutes(60, work_type_id=1, role_id=4), lines=(line,), tickets={7: ticket})
    assert (found.outcome is Outcome.COVERED) == covered
    assert found.line_id == (52 if covered else None)


def test_hours_of_coverage_hold_for_each_stretch_and_the_rest_falls_to_the_next_line():
    office_only = replace(FEE, conditions=(Condition(About.HOURS, frozenset({"in"})),), calendar=OFFICE)
    lines = priced(
        clocked("2026-11-23T17:00", "2026-11-23T19:30"), lines=(office_only, replace(TIME, priority=1))
    )
    assert told(lines) == [("covered", 60, 0), ("charged", 90, 18000)]
    assert lines[1].line_id == 53


def test_each_condition_is_told_with_its_answer():
    line = replace(
        FEE,
        conditions=(
            Condition(About.QUEUE, frozenset({11})),
            Condition(About.ROLE, frozenset({1})),
            Condition(About.HOURS, frozenset({"in"})),
        ),
    )
    assert [one.holds for one in answers(line, Facts(queue_id=11, role_id=2))] == [True, False, None]


def test_a_line_counts_from_its_first_day_to_the_day_before_its_end():
    line = replace(FEE, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 23))
    for day, outcome in ((1, "charged"), (2, "covered"), (22, "covered"), (23, "charged")):
        (found,) = priced(minutes(60, worked_on=date(2026, 11, day)), lines=(line,))
        assert found.outcome == outcome


def test_a_line_that_somebody_chose_is_taken():
    entry = minutes(60, line_id=53)
    (found,) = priced(entry, lines=(FEE, replace(TIME, priority=9, ends_on=DAY)))
    assert (found.line_id, found.outcome) == (53, Outcome.CHARGED)


def test_work_that_nobody_pays_for_draws_nothing():
    pots = Pots(p50=HOUR)
    priced(minutes(60, write_off_reason="Gift"), minutes(0, id=2), lines=(BLOCK,), draw=pots)
    assert pots.asked == []


def frozen(entry, as_=Fixed.VALUE, **more):
    """The entry as it is after its approval or its invoice."""
    return replace(entry, fixed=as_, lines=priced(entry, **more))


def test_approved_work_keeps_its_rate_when_rates_change():
    entry = frozen(minutes(60))
    dearer = replace(inputs(entry).rates[0], amount=99900)
    assert [line.amount for line in priced(entry, rates=(dearer,))] == [12000]


def test_approved_work_may_still_gain_or_lose_cover():
    entry = frozen(minutes(60), lines=(BLOCK,), draw=Pots(p50=HOUR))
    lines = priced(entry, minutes(60, id=2, worked_on=date(2026, 11, 2)), lines=(BLOCK,), draw=Pots(p50=HOUR))
    assert [(line.entry_id, line.outcome.value, line.amount) for line in lines] == [
        (2, "covered", 0),
        (1, "charged", 12000),
    ]


def test_a_correction_of_approved_work_takes_the_same_from_invoice_and_balance():
    original = minutes(60)
    correction = minutes(-15, id=2, corrects=1)
    assert sum(line.amount for line in priced(frozen(original), correction)) == 9000
    pots = Pots(p50=HOUR)
    before = frozen(original, lines=(BLOCK,), draw=Pots(p50=HOUR))
    lines = priced(before, correction, lines=(BLOCK,), draw=pots)
    assert (pots.left[50], sum(line.amount for line in lines)) == (900, 0)
    assert sum(line.billed_seconds for line in lines) == 2700


def test_a_correction_of_overflow_lowers_what_is_charged_before_it_gives_hours_back():
    original = minutes(90)
    pots = Pots(p50=HOUR)
    lines = priced(original, minutes(-15, id=2, corrects=1), lines=(BLOCK,), draw=pots)
    assert (pots.left[50], sum(line.amount for line in lines)) == (0, 3000)


def test_a_correction_of_invoiced_work_is_a_credit_or_gives_back_what_was_drawn():
    original = frozen(minutes(90), Fixed.ALL, lines=(BLOCK,), draw=Pots(p50=HOUR))
    correction = minutes(-45, id=2, corrects=1)
    lines = priced(original, correction, lines=(BLOCK,), draw=Pots())
    assert [(line.outcome.value, line.billed_seconds, line.amount, line.taken) for line in lines] == [
        ("charged", -1800, -6000, 0),
        ("covered", -900, 0, -900),
    ]
    assert sum(line.worked_seconds for line in lines) == -2700


def test_a_correction_of_a_gift_is_no_credit():
    gift = frozen(minutes(60, write_off_reason="Gift"))
    lines = priced(gift, minutes(-15, id=2, corrects=1))
    assert sum(line.amount for line in lines) == 0


def test_the_minimum_stays_when_a_correction_stays_below_it():
    from plugins.billing.tests.pricing.made import billed, rule

    original = minutes(45)
    before = frozen(original, rounding_rules=(rule(60),))
    assert billed(minutes(-15, id=2, corrects=1), before, rounding_rules=(rule(60),)) == [0, 60]


def test_an_entry_that_is_fixed_must_have_lines():
    with pytest.raises(ValueError, match="entry 1"):
        price(inputs(minutes(60, fixed=Fixed.VALUE)))


def test_the_explanation_tells_every_stage():
    (line,) = priced(minutes(60), lines=(BLOCK,), draw=Pots(p50=HOUR))
    assert [step.kind for step in line.steps] == [
        StepKind.ROLE,
        StepKind.AGREEMENT_LINE,
        StepKind.HOURS,
        StepKind.CHARGE_MODE,
        StepKind.ROUNDING,
        StepKind.SHARE,
        StepKind.RATE,
        StepKind.COVER,
    ]
