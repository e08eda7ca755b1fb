"""Both sides are warned in time: of what is used up, of what expires, and when it will be empty."""

from datetime import date

import pytest

from rtpy_billing.ledgers.burn_down import burn_down, left_on
from rtpy_billing.ledgers.draw import draw
from rtpy_billing.ledgers.outlook import Use, empty_on, expiring, passed_marks, use_of, weekly_use
from rtpy_billing.ledgers.running import running, summary
from rtpy_billing.ledgers.values import Demand, Kind, Ledger, Lot, Rules


def D(text: str) -> date:
    return date.fromisoformat("2026-" + text)


def work(*done: tuple[str, int]) -> list[Demand]:
    return [Demand(day, D(day), quantity) for day, quantity in done]


@pytest.mark.parametrize(
    ("used", "expected"), [(0, ()), (74, ()), (75, (75,)), (89, (75,)), (90, (75, 90)), (100, (75, 90, 100))]
)
def test_marks_are_passed_one_after_the_other(used, expected):
    assert passed_marks(Use(100, used)) == expected


def test_only_the_present_supply_counts_as_the_whole():
    old, new = Lot("old", Kind.PURCHASE, 100, D("01-01")), Lot("new", Kind.PURCHASE, 10, D("03-01"))
    drawn = draw(Ledger(Rules(), (old, new)), work(("02-01", 100), ("03-05", 8)), D("03-06"))
    assert use_of(drawn, D("03-06")) == Use(10, 8)


def test_what_would_be_lost_is_said_at_30_14_and_3_days():
    lots = (
        Lot("b", Kind.PURCHASE, 10, D("01-01"), D("03-31")),
        Lot("g", Kind.GRANT, 10, D("03-01"), D("04-01")),
    )
    remaining = draw(Ledger(Rules(), lots), [], D("03-01")).remaining
    days = {
        day: [(one.key, one.days) for one in expiring(remaining, D(day))]
        for day in ("02-28", "03-01", "03-17", "03-28")
    }
    assert days == {"02-28": [], "03-01": [("b", 30)], "03-17": [("b", 14)], "03-28": [("b", 3)]}


@pytest.mark.parametrize(
    ("done", "expires", "expected"),
    [
        ((("03-01", 56),), None, "06-10"),  # 56 in 56 days; 100 left
        ((), None, None),
        ((("03-01", 156),), None, "03-02"),  # used up already
        ((("03-01", 56),), "04-01", None),  # the rest expires before
    ],
)
def test_the_balance_is_forecast_from_the_last_weeks(done, expires, expected):
    lot = Lot("b", Kind.PURCHASE, 156, D("01-01"), D(expires) if expires else None)
    drawn = draw(Ledger(Rules(), (lot,)), work(*done), D("03-02"))
    assert empty_on(drawn, D("03-02")) == (D(expected) if expected else None)


def test_a_young_ledger_is_judged_by_its_own_days():
    drawn = draw(
        Ledger(Rules(), (Lot("b", Kind.PURCHASE, 100, D("01-01")),)), work(("01-05", 20)), D("01-11")
    )
    assert weekly_use(drawn.movements, D("01-11")) == (20, 10)


def test_a_ledger_is_read_with_its_running_balance():
    drawn = draw(
        Ledger(Rules(), (Lot("b", Kind.PURCHASE, 100, D("01-01"), D("03-01")),)),
        work(("01-05", 20), ("02-05", 30)),
        D("03-02"),
    )
    lines = [(str(line.movement.kind), line.balance) for line in running(drawn.movements)]
    assert lines == [("purchase", 100), ("use", 80), ("use", 50), ("expiry", 0)]
    assert left_on(drawn.movements, D("02-04")) == 80
    february = summary(drawn.movements, D("02-01"), D("03-01"))
    assert (february.opening, february.sums, february.closing) == (80, {Kind.USE: -30}, 50)


def test_the_burn_down_goes_over_into_the_forecast():
    drawn = draw(
        Ledger(Rules(), (Lot("b", Kind.PURCHASE, 100, D("01-01")),)), work(("01-05", 20)), D("01-11")
    )
    points = burn_down(drawn, D("01-01"), D("01-11"), D("04-01"))
    assert len(points) <= 40
    assert [(point.left, point.forecast) for point in points if point.day == D("01-11")] == [(80, 80)]
    assert all((point.left is None) == (point.day > D("01-11")) for point in points)
    assert [point.forecast for point in points][-1] == 0  # two a day, eighty days away
