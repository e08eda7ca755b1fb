"""Pricing over real ledgers: whatever the rules of a balance, what it gave and what is left add up."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from plugins.billing.tests.pricing.made import inputs, minutes, works
from rtpy_billing.balances.drawing import Balances
from rtpy_billing.ledgers.values import AtZero, Kind, Ledger, Lot, Rules, Unit
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.values import Line
from rtpy_billing.pricing.words import Cover, Outcome

UNITS = {Cover.HOURS: Unit.SECONDS, Cover.MONEY: Unit.MONEY, Cover.INCIDENTS: Unit.INCIDENTS}
END = date(2027, 6, 1)


@st.composite
def balances(draw: st.DrawFn) -> dict[Line, Ledger]:
    """One to three lines with a balance of any kind, with lots that begin and end in between."""
    found = {}
    for number in range(50, 50 + draw(st.integers(1, 3))):
        cover = draw(st.sampled_from(sorted(UNITS)))
        lots = tuple(
            Lot(
                f"{number}-{at}",
                Kind.PURCHASE,
                draw(st.integers(1, 5)) if cover is Cover.INCIDENTS else draw(st.integers(1, 40000)),
                date(2026, 11, draw(st.integers(18, 25))),
                draw(st.sampled_from([None, date(2026, 11, 24)])),
            )
            for at in range(draw(st.integers(0, 3)))
        )
        rules = Rules(
            UNITS[cover],
            at_zero=draw(st.sampled_from(AtZero)),
            deficit_limit=draw(st.sampled_from([0, 5000])),
        )
        opened = draw(st.sampled_from([None, date(2026, 11, 22)]))
        weight = draw(st.sampled_from([1000, 1500, 333]))
        line = Line(id=number, agreement_id=5, name="", cover=cover, weight_in=weight, weight_out=2000)
        found[line] = Ledger(rules, lots, open_from=opened)
    return found


@given(works(), balances())
def test_what_lines_took_is_what_the_ledgers_lost(entries, ledgers):
    draw = Balances({line.id: ledger for line, ledger in ledgers.items()})
    given_ = replace(inputs(*entries, lines=tuple(ledgers)), draw=draw)
    priced = price(given_).lines
    ends = draw.finish(END)
    for line, ledger in ledgers.items():
        taken = sum(one.taken for one in priced if one.line_id == line.id)
        used = sum(move.quantity for move in ends[line.id].movements if move.kind is Kind.USE)
        assert taken == -used
        brought = sum(lot.quantity for lot in ledger.lots)
        assert taken <= brought + (ledger.rules.deficit_limit or 0)
    for entry in entries:
        lines = [one for one in priced if one.entry_id == entry.id]
        assert sum(one.worked_seconds for one in lines) == entry.worked_seconds
        assert all(one.amount == 0 or one.outcome is Outcome.CHARGED for one in lines)


def test_a_correction_gives_hours_back_to_a_real_ledger():
    line = Line(id=50, agreement_id=5, name="", cover=Cover.HOURS)
    draw = Balances({50: Ledger(Rules(), (Lot("a", Kind.PURCHASE, 3600, date(2026, 1, 1)),))})
    work = (minutes(60), minutes(-15, id=2, corrects=1), minutes(20, id=3))
    priced = price(replace(inputs(*work, lines=(line,)), draw=draw)).lines
    assert sum(one.amount for one in priced) == 1000  # 5 of the 20 minutes: 45 and 15 are covered
