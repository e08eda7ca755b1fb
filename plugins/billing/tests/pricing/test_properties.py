"""What holds for any work whatsoever."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from plugins.billing.tests.pricing.made import BOOK, CUSTOMER, OFFICE, Pots, inputs, rule, works
from rtpy_billing.pricing.line import Step
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.values import Condition, Inputs, Line, Rate, Surcharge
from rtpy_billing.pricing.words import (
    About,
    Cover,
    Direction,
    Fate,
    Fixed,
    Grouping,
    Hours,
    Operation,
    Outcome,
    Rung,
)

SURCHARGES = (
    Surcharge(id=1, name="Night", rung=Rung.BOOK, operation=Operation.MULTIPLY, value=1333, hours=Hours.OUT),
    Surcharge(id=2, name="Call-out", rung=Rung.BOOK, operation=Operation.FEE, value=2500, work_type_id=2),
)
RATES = (BOOK, Rate(id=2, rung=Rung.CUSTOMER, scope_id=5, amount=9777, role_id=1))
COVERS = st.lists(
    st.builds(
        Line,
        id=st.integers(50, 53),
        agreement_id=st.just(5),
        name=st.just("Line"),
        cover=st.sampled_from(Cover),
        priority=st.integers(0, 3),
        conditions=st.sampled_from([(), (Condition(About.WORK_TYPE, frozenset({1}), True),)]),
        starts_on=st.just(date(2026, 11, 22)),
        overflow_rate=st.sampled_from([None, 7777]),
        cap=st.sampled_from([None, 10000]),
        weight_out=st.sampled_from([1000, 2000, 1500]),
    ),
    max_size=3,
    unique_by=lambda line: line.id,
)
RULES = st.builds(
    rule,
    st.sampled_from([0, 15, 60]),
    st.sampled_from([0, 6, 15, 60]),
    grouping=st.sampled_from(Grouping),
    direction=st.sampled_from(Direction),
    grace=st.sampled_from([0, 7]),
)


@st.composite
def everything(draw: st.DrawFn) -> tuple[Inputs, dict[str, int], Fate]:
    given_: dict = {
        "lines": draw(COVERS),
        "rounding_rules": (draw(RULES),),
        "rates": RATES,
        "surcharges": SURCHARGES,
        "customer": replace(CUSTOMER, calendar=draw(st.sampled_from([OFFICE, None]))),
    }
    pots = {f"p{number}": draw(st.integers(0, 20000)) for number in range(50, 54)}
    return inputs(*draw(works()), **given_), pots, draw(st.sampled_from([*Fate][1:]))


def run(case, entries=None):
    what, pots, fate = case
    return price(
        replace(what, entries=what.entries if entries is None else entries, draw=Pots(fate, **pots))
    ).lines


def worth(lines, chosen):
    """What froze of these entries: rates and sums of billed time and value, by segment."""
    found: dict[tuple, list[int]] = {}
    for line in lines:
        if line.entry_id in chosen:
            sums = found.setdefault((line.entry_id, line.segment, line.rate), [0, 0])
            sums[0] += line.billed_seconds
            sums[1] += line.value
    return found


@given(everything(), st.randoms(use_true_random=False))
def test_the_order_of_entry_does_not_matter(case, chance):
    entries = list(case[0].entries)
    before = run(case)
    chance.shuffle(entries)
    assert run(case, entries) == before


@given(everything())
def test_nothing_worked_is_lost_and_amounts_belong_to_outcomes(case):
    lines = run(case)
    for entry in case[0].entries:
        assert sum(line.worked_seconds for line in lines if line.entry_id == entry.id) == entry.worked_seconds
    for line in lines:
        assert line.amount == 0 or line.outcome is Outcome.CHARGED
        assert line.amount >= 0
        assert abs(line.exact - line.amount) <= Fraction(1, 2)
        assert line.billed_seconds >= 0
        assert line.taken == sum(taken for _, taken in line.sources)
        assert [Step.from_json(json.loads(json.dumps(step.to_json()))) for step in line.steps] == list(
            line.steps
        )


@given(everything())
def test_balances_give_no_more_than_they_have(case):
    lines = run(case)
    for number in range(50, 54):
        assert sum(line.taken for line in lines if line.line_id == number) <= case[1][f"p{number}"]


@given(everything())
def test_pricing_approved_work_again_changes_nothing(case):
    lines = run(case)
    approved = [
        replace(entry, fixed=Fixed.VALUE, lines=tuple(line for line in lines if line.entry_id == entry.id))
        for entry in case[0].entries
    ]
    assert run(case, approved) == lines


@given(everything(), st.data())
def test_approving_some_of_the_work_changes_nothing(case, data):
    lines = run(case)
    chosen = data.draw(st.sets(st.sampled_from([entry.id for entry in case[0].entries])))
    mixed = [
        replace(entry, fixed=Fixed.VALUE, lines=tuple(line for line in lines if line.entry_id == entry.id))
        if entry.id in chosen
        else entry
        for entry in case[0].entries
    ]
    again = run(case, mixed)
    assert sum(line.billed_seconds for line in again) == sum(line.billed_seconds for line in lines)
    assert worth(again, chosen) == worth(lines, chosen)


@given(works(), RULES, st.data())
def test_splitting_an_entry_changes_billed_time_only_through_its_group(entries, rounding, data):
    split = data.draw(st.sampled_from(entries))
    at = data.draw(st.integers(0, max(split.worked_seconds // 60 - 1, 0))) * 60
    begin = split.started_at
    middle = begin and begin + timedelta(seconds=at)
    first = replace(split, worked_seconds=at, ended_at=middle)
    second = replace(split, id=99, worked_seconds=split.worked_seconds - at, started_at=middle)
    rest = [entry for entry in entries if entry is not split]
    whole, halves = (
        price(inputs(*those, rounding_rules=(rounding,))).lines for those in (entries, [*rest, first, second])
    )
    same_group = rounding.grouping is not Grouping.ENTRY and not (
        split.ticket_id is None and rounding.grouping in (Grouping.TICKET, Grouping.TICKET_DAY)
    )
    if same_group:
        assert sum(line.billed_seconds for line in whole) == sum(line.billed_seconds for line in halves)
    others = {entry.id for entry in rest if entry.ticket_id != split.ticket_id or not same_group}
    if rounding.grouping in (Grouping.ENTRY, Grouping.TICKET_DAY, Grouping.TICKET):
        before, after = ([line for line in those if line.entry_id in others] for those in (whole, halves))
        assert before == after


@given(works())
def test_without_rules_billed_time_is_worked_time(entries):
    for line in price(inputs(*entries)).lines:
        assert line.billed_seconds == (0 if line.outcome is Outcome.HIDDEN else line.worked_seconds)
