"""A balance is drawn by worked date, from the lot whose turn it is, and every movement adds up."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy_billing.ledgers.draw import Drawing, draw
from rtpy_billing.ledgers.values import (
    Allowance,
    AtZero,
    Demand,
    Fate,
    Kind,
    Ledger,
    Lot,
    Movement,
    Order,
    Rollover,
    Rules,
)
from rtpy_billing.periods.rhythm import Every, Rhythm

BEGIN = date(2026, 1, 1)
MONTHLY = Rhythm(Every.MONTH, BEGIN, 1)
LAST = date(2027, 6, 1)


def D(text: str) -> date:
    return date.fromisoformat("2026-" + text)


def grants(quantity: int, months: int = 12) -> tuple[Lot, ...]:
    periods = [period.full for period in MONTHLY.periods(LAST)][:months]
    return tuple(
        Lot(f"g{one.start:%m}", Kind.GRANT, quantity, one.start, one.end, rolls=True) for one in periods
    )


def fates(drawn, key) -> list[tuple[str, int, str | None]]:
    return [(str(piece.fate), piece.quantity, piece.lot) for piece in drawn.pieces[key]]


lots = st.builds(
    lambda number, kind, quantity, start, length, paid, rolls: Lot(
        f"lot{number}",
        kind,
        quantity,
        BEGIN + timedelta(days=start),
        None if length is None else BEGIN + timedelta(days=start + length),
        rolls=rolls and length is not None,
        paid=paid,
    ),
    st.integers(0, 10**6),
    st.sampled_from([Kind.PURCHASE, Kind.GRANT, Kind.TOP_UP]),
    st.integers(0, 40_000),
    st.integers(0, 300),
    st.none() | st.integers(1, 120),
    st.booleans(),
    st.booleans(),
)
rules = st.builds(
    Rules,
    order=st.sampled_from(Order),
    at_zero=st.sampled_from(AtZero),
    deficit_limit=st.none() | st.integers(0, 20_000),
    rollover=st.builds(Rollover, st.none() | st.integers(0, 30_000), st.integers(0, 3)),
    only_when_paid=st.booleans(),
)


@st.composite
def ledgers(draw_from):
    found = draw_from(st.lists(lots, max_size=6, unique_by=lambda lot: lot.key))
    fixed = draw_from(
        st.lists(
            st.builds(
                lambda lot, quantity, later: Movement(
                    Kind.USE,
                    lot.usable_from + timedelta(days=later),
                    -quantity,
                    lot.key,
                    "invoiced",
                    frozen=True,
                ),
                st.sampled_from(found),
                st.integers(1, 8_000),
                st.integers(0, 20),
            ),
            max_size=3,
        )
        if found
        else st.just([])
    )
    allowances = draw_from(
        st.lists(
            st.builds(Allowance, st.integers(0, 10**9).map(str), st.integers(0, 9_000), st.just(BEGIN)),
            max_size=2,
        )
    )
    opened = draw_from(st.none() | st.integers(0, 200).map(lambda days: BEGIN + timedelta(days=days)))
    return Ledger(draw_from(rules), tuple(found), tuple(fixed), tuple(allowances), opened, MONTHLY)


demands = st.lists(
    st.builds(
        lambda number, day, quantity, weight: Demand(
            number, BEGIN + timedelta(days=day), quantity, weight, (number,)
        ),
        st.integers(1, 10**6),
        st.integers(0, 350),
        st.integers(0, 15_000),
        st.sampled_from([1000, 1500, 2000, 333]),
    ),
    max_size=10,
    unique_by=lambda demand: demand.key,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(ledgers(), demands, st.randoms(use_true_random=False))
def test_a_ledger_adds_up_and_does_not_care_who_typed_first(ledger, wanted, random):
    drawn = draw(ledger, wanted, LAST)
    # the sum of all movements is what is left, and each lot's own sum is what is left of it
    assert sum(movement.quantity for movement in drawn.movements) == drawn.balance
    for one in drawn.remaining:
        assert one.remaining == sum(m.quantity for m in drawn.movements if m.lot == one.lot.key) >= 0
    # every second of work has a fate
    for demand in wanted:
        assert sum(piece.quantity for piece in drawn.pieces[demand.key]) == demand.quantity
    # uses match the covered pieces, at their weight
    for demand in wanted:
        uses = [m for m in drawn.movements if m.kind is Kind.USE and m.source == demand.key]
        covered = [piece for piece in drawn.pieces[demand.key] if piece.is_covered]
        assert [(-m.quantity, m.lot) for m in uses] == [(piece.drawn, piece.lot) for piece in covered]
        for piece in covered:
            assert piece.drawn * 1000 >= piece.quantity * demand.weight > (piece.drawn - 1) * 1000
    # nothing is drawn before a lot begins or after it expired
    by_key = {one.lot.key: one.lot for one in drawn.remaining}
    for movement in drawn.movements:
        if movement.kind is Kind.USE and not movement.frozen and movement.lot is not None:
            assert by_key[movement.lot].pays_for(movement.worked_on)
            assert by_key[movement.lot].paid or not ledger.rules.only_when_paid
    # what was invoiced stays as it is
    assert [m for m in drawn.movements if m.kind is Kind.USE and m.frozen] == sorted(
        ledger.fixed, key=lambda m: m.worked_on
    )
    # below zero only where that was agreed, and only so far
    if ledger.rules.at_zero is not AtZero.NEGATIVE:
        assert all(m.lot is not None for m in drawn.movements if m.kind is Kind.USE)
    elif ledger.rules.deficit_limit is not None and not ledger.fixed:
        assert drawn.deficit <= ledger.rules.deficit_limit
    shuffled = list(wanted)
    random.shuffle(shuffled)
    again = draw(ledger, shuffled, LAST)
    assert again.pieces == drawn.pieces
    assert again.movements == drawn.movements


def test_late_typing_does_not_cost_the_customer_what_came_first():
    block = Ledger(Rules(), (Lot("b", Kind.PURCHASE, 7200, D("01-01")),))
    drawn = draw(
        block, [Demand("typed first", D("01-30"), 7200), Demand("typed last", D("01-03"), 3600)], D("02-01")
    )
    assert fates(drawn, "typed last") == [("covered", 3600, "b")]
    assert fates(drawn, "typed first") == [("covered", 3600, "b"), ("overflow", 3600, None)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.EXPIRY_FIRST, ["rolled", "grant", "soon", "bought"]),
        (Order.ROLLOVER_FIRST, ["rolled", "grant", "soon", "bought"]),
        (Order.GRANT_FIRST, ["grant", "rolled", "soon", "bought"]),
        (Order.OLDEST_FIRST, ["bought", "soon", "rolled", "grant"]),
    ],
)
def test_the_order_of_drawing_is_what_was_agreed(order, expected):
    supply = (
        Lot("bought", Kind.PURCHASE, 10, D("01-01")),
        Lot("soon", Kind.TOP_UP, 10, D("01-15"), D("02-20")),
        Lot("rolled", Kind.ROLLOVER_IN, 10, D("02-01"), D("02-15")),
        Lot("grant", Kind.GRANT, 10, D("02-01"), D("02-15"), rolls=True),
    )
    drawn = draw(Ledger(Rules(order=order), supply), [Demand("work", D("02-10"), 40)], D("02-10"))
    assert [lot for _, _, lot in fates(drawn, "work")] == expected


@pytest.mark.parametrize(
    ("limit", "periods", "after_march"),
    [(0, 1, 10), (None, 1, 20), (None, 2, 30), (4, 1, 14), (15, 2, 25), (15, 0, 10)],
)
def test_what_is_not_used_is_carried_over_as_far_as_agreed(limit, periods, after_march):
    ledger = Ledger(Rules(rollover=Rollover(limit, periods)), grants(10, 3), rhythm=MONTHLY)
    assert draw(ledger, [], D("03-15")).balance == after_march


def test_what_was_carried_over_expires_and_is_not_carried_over_again():
    ledger = Ledger(Rules(rollover=Rollover(None, 1)), grants(10, 1), rhythm=MONTHLY)
    kinds = [(str(m.kind), m.worked_on, m.quantity) for m in draw(ledger, [], D("12-01")).movements]
    assert kinds == [
        ("grant", D("01-01"), 10),
        ("rollover out", D("02-01"), -10),
        ("rollover in", D("02-01"), 10),
        ("expiry", D("03-01"), -10),
    ]


def test_nothing_is_carried_over_the_end_of_the_agreement():
    ended = Rhythm(Every.MONTH, BEGIN, 1, D("03-01"))
    drawn = draw(Ledger(Rules(rollover=Rollover(None, 6)), grants(10, 2), rhythm=ended), [], D("03-01"))
    assert drawn.balance == 0


def test_after_hours_work_may_take_double():
    ledger = Ledger(Rules(), (Lot("b", Kind.PURCHASE, 5400, D("01-01")),))
    drawn = draw(ledger, [Demand("night", D("01-02"), 3600, weight=2000)], D("01-02"))
    assert [(p.fate, p.quantity, p.drawn) for p in drawn.pieces["night"]] == [
        (Fate.COVERED, 2700, 5400),
        (Fate.OVERFLOW, 900, 0),
    ]


@pytest.mark.parametrize(
    ("rules", "allowances", "expected", "balance"),
    [
        (Rules(at_zero=AtZero.OVERFLOW), (), [("covered", 10), ("overflow", 15)], 0),
        (Rules(at_zero=AtZero.NEGATIVE), (), [("covered", 10), ("covered", 15)], -15),
        (
            Rules(at_zero=AtZero.NEGATIVE, deficit_limit=5),
            (),
            [("covered", 10), ("covered", 5), ("overflow", 10)],
            -5,
        ),
        (Rules(at_zero=AtZero.CONSENT), (), [("covered", 10), ("held", 15)], 0),
        (
            Rules(at_zero=AtZero.CONSENT),
            (Allowance("asked", 6, D("01-01")), Allowance("later", 99, D("02-01"))),
            [("covered", 10), ("agreed", 6), ("held", 9)],
            0,
        ),
        (Rules(at_zero=AtZero.BLOCK), (), [("covered", 10), ("blocked", 15)], 0),
    ],
)
def test_at_zero_work_does_what_was_agreed(rules, allowances, expected, balance):
    ledger = Ledger(rules, (Lot("b", Kind.PURCHASE, 10, D("01-01")),), allowances=allowances)
    drawn = draw(ledger, [Demand("work", D("01-05"), 25)], D("01-05"))
    assert [(str(piece.fate), piece.quantity) for piece in drawn.pieces["work"]] == expected
    assert drawn.balance == balance


def test_the_next_grant_pays_back_what_went_below_zero():
    ledger = Ledger(Rules(at_zero=AtZero.NEGATIVE), grants(10, 2), rhythm=MONTHLY)
    drawn = draw(ledger, [Demand("much", D("01-20"), 13), Demand("next", D("02-20"), 6)], D("02-28"))
    assert drawn.balance == 1
    assert drawn.deficit == 0


def test_a_block_whose_invoice_is_unpaid_pays_for_nothing():
    unpaid = Lot("b", Kind.PURCHASE, 10, D("01-01"), paid=False)
    work = [Demand("work", D("01-05"), 4)]
    assert (
        fates(draw(Ledger(Rules(only_when_paid=True), (unpaid,)), work, D("01-05")), "work")[0][0]
        == "overflow"
    )
    assert fates(draw(Ledger(Rules(), (unpaid,)), work, D("01-05")), "work")[0][0] == "covered"


def test_late_work_of_a_closed_period_draws_from_the_open_one_and_is_marked():
    january = (
        Movement(Kind.USE, D("01-20"), -6, "g01", "invoiced", frozen=True),
        Movement(Kind.ROLLOVER_OUT, D("02-01"), -4, "g01", "g01>2026-02-01", frozen=True),
    )
    rolled = Lot("g01>2026-02-01", Kind.ROLLOVER_IN, 4, D("02-01"), D("03-01"))
    ledger = Ledger(
        Rules(rollover=Rollover(None, 1)),
        (*grants(10, 2), rolled),
        january,
        open_from=D("02-01"),
        rhythm=MONTHLY,
    )
    drawn = draw(ledger, [Demand("late", D("01-10"), 5), Demand("on time", D("02-02"), 2)], D("02-28"))
    assert [(p.lot, p.quantity, p.late) for p in drawn.pieces["late"]] == [
        ("g01>2026-02-01", 4, True),
        ("g02", 1, True),
    ]
    assert [(p.lot, p.late) for p in drawn.pieces["on time"]] == [("g02", False)]
    assert [m for m in drawn.movements if m.worked_on < D("02-01") and m.kind is Kind.USE] == [january[0]]


def test_what_a_credit_note_released_is_drawn_from_where_it_was():
    ledger = Ledger(Rules(), grants(10, 2), (), open_from=D("02-01"), rhythm=MONTHLY)
    drawn = draw(ledger, [Demand("released", D("01-10"), 10)], D("02-28"))
    assert [(p.lot, p.late) for p in drawn.pieces["released"]] == [("g01", False)]


def test_demands_are_not_taken_backwards():
    drawing = Drawing(Ledger(Rules()))
    drawing.take(Demand(1, D("02-01"), 5))
    with pytest.raises(ValueError, match="by worked date"):
        drawing.take(Demand(2, D("01-01"), 5))
