"""The sums of a document: the rules of EN 16931 hold for any invoice, and what is printed adds up."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.billing.tests.documents.drawn import VAT_7, VAT_19, documents, invoice, sample_lines
from rtpy.errors import Invalid
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.drawing_up import disagreements, draw_line, hours
from rtpy_billing.documents.snapshot import Snapshot, Unit
from rtpy_billing.money import plain, rounded
from rtpy_billing.taxes.arithmetic import (
    discount_after_tax,
    discount_on_document,
    line_amount,
    sum_up,
    tax_by_line,
)
from rtpy_billing.taxes.values import Tax, TaxCategory


@given(documents())
def test_the_sums_follow_the_rules_of_en_16931(document):
    totals, adjustments = document.totals, document.adjustments
    allowances = [one for one in adjustments if not one.is_charge]
    assert totals.lines == sum(line.net for line in document.lines)  # BR-CO-10
    assert totals.allowances == sum(one.amount for one in allowances)  # BR-CO-11
    assert totals.charges == sum(one.amount for one in adjustments if one.is_charge)  # BR-CO-12
    assert totals.net == totals.lines - totals.allowances + totals.charges  # BR-CO-13
    assert totals.tax == sum(group.amount for group in document.groups)  # BR-CO-14
    assert totals.gross == totals.net + totals.tax  # BR-CO-15
    assert totals.payable == totals.gross - totals.paid + totals.rounding  # BR-CO-16
    assert abs(totals.rounding) * 2 <= document.payable_step
    assert totals.payable % document.payable_step == 0


@given(documents())
def test_each_tax_has_one_group_with_its_base_and_its_tax(document):
    base: dict[tuple[str, int], int] = defaultdict(int)
    for tax, amount in [(one.tax, one.net) for one in document.lines] + [
        (one.tax, one.signed) for one in document.adjustments
    ]:
        base[tax.category, tax.rate] += amount
    groups = {(group.tax.category, group.tax.rate): group for group in document.groups}
    assert len(groups) == len(document.groups)  # BR-CO-18, one each
    assert {
        key: group.taxable for key, group in groups.items()
    } == base  # BR-S-08, BR-Z-08, BR-E-08, BR-AE-08
    for group in document.groups:
        exact = Fraction(group.taxable * group.tax.rate, 10_000)
        assert group.amount == rounded(exact, document.rounding)  # BR-CO-17, BR-S-09
        assert group.tax.category.bears_tax or group.amount == 0  # BR-Z-09, BR-E-09, BR-AE-09
        assert (
            bool(group.tax.reason) == group.tax.category.needs_reason
        )  # BR-E-10, BR-AE-10, BR-S-10, BR-Z-10


@given(documents())
def test_the_printed_lines_sum_to_the_printed_total(document):
    def printed(amount: int) -> Fraction:
        return Fraction(plain(amount, document.currency))

    assert sum(printed(line.net) for line in document.lines) == printed(document.totals.lines)
    assert sum(printed(group.taxable) for group in document.groups) == printed(document.totals.net)
    assert sum(printed(group.amount) for group in document.groups) == printed(document.totals.tax)


@given(documents())
def test_the_tax_of_the_lines_is_the_tax_of_the_groups(document):
    nets = [(line.tax, line.net) for line in document.lines]
    sums = sum_up(nets)
    assert sum(tax_by_line(nets, sums.groups)) == sums.totals.tax


@given(documents())
def test_a_snapshot_comes_back_from_its_json_as_it_was(document):
    assert Snapshot.from_json(document.to_json()) == document
    assert disagreements(document) == []


@given(documents(), st.data())
def test_credits_in_parts_come_to_the_invoice_and_no_further(document, data):
    day = date(2026, 12, 1)
    line = data.draw(st.sampled_from(document.lines))
    first = credit(document, day, "too much", {line.position: line.quantity / data.draw(st.integers(2, 7))})
    rest = credit(document, day, "all of it", earlier=[first])

    assert first.totals.lines + rest.totals.lines == document.totals.lines
    assert first.totals.net + rest.totals.net == document.totals.net
    assert disagreements(first) == disagreements(rest) == []
    with pytest.raises(Invalid, match="Nothing is left"):
        credit(document, day, "again", earlier=[first, rest])


def test_ten_small_credits_do_not_drift():
    whole = invoice(adjustments=())
    notes: list[Snapshot] = []
    for _ in range(10):
        notes.append(credit(whole, date(2026, 12, 1), "bit by bit", {1: Fraction(1, 7)}, notes))
        assert disagreements(notes[-1]) == []
    rest = credit(whole, date(2026, 12, 1), "the rest", earlier=notes)

    assert disagreements(rest) == []
    assert sum(note.totals.net for note in [*notes, rest]) == whole.totals.net


@given(documents())
def test_a_credit_of_the_whole_mirrors_the_invoice(document):
    assert credit(document, date(2026, 12, 1), "wrong customer").totals == document.totals


def test_no_more_of_a_line_is_credited_than_it_has():
    with pytest.raises(Invalid, match="Of line 3 only 12 is left"):
        credit(invoice(), date(2026, 12, 1), "too much", {3: Fraction(13)})
    with pytest.raises(Invalid, match="no line 9"):
        credit(invoice(), date(2026, 12, 1), "typing", {1: Fraction(1), 9: Fraction(1)})


def test_four_hours_and_ten_minutes_stay_so():
    """Hours are never rounded up on the way to the amount (a known bug elsewhere: 4 h 10 became 5 h)."""
    assert line_amount(hours(15_000), 9500).net == 39583  # 395.83, not 475.00 nor 396.15


@pytest.mark.parametrize(
    ("amounts", "rate", "parts"),
    [([(VAT_19, 10_000), (VAT_7, 5_000)], 1000, [1000, 500]), ([(VAT_19, 1), (VAT_7, 1)], 5000, [1])],
)
def test_a_discount_on_the_document_is_spread_over_its_taxes(amounts, rate, parts):
    assert [one.amount for one in discount_on_document(amounts, "Loyalty", rate=rate)] == parts


def test_a_discount_lowers_the_tax_base_or_only_what_is_to_pay():
    nets = [(VAT_19, 100_00)]
    before = sum_up(nets, discount_on_document(nets, "Loyalty", rate=1000))
    after = sum_up(nets, deductions=[discount_after_tax(sum_up(nets), "Loyalty", 1000)])

    assert (before.totals.tax, before.totals.payable) == (17_10, 107_10)
    assert (after.totals.tax, after.totals.payable) == (19_00, 109_00)


def test_different_reasons_of_one_category_are_both_said():
    exempt = [Tax(TaxCategory.EXEMPT, 0, "Training"), Tax(TaxCategory.EXEMPT, 0, "Insurance")]
    groups = sum_up([(exempt[0], 100), (exempt[1], 50)]).groups
    assert [(group.taxable, group.tax.reason) for group in groups] == [(150, "Training; Insurance")]


def test_swiss_invoices_are_paid_in_steps_of_five():
    totals = sum_up([(Tax(TaxCategory.STANDARD, 810), 99_99)], payable_step=5).totals
    assert (totals.gross, totals.rounding, totals.payable) == (108_09, 1, 108_10)


def test_a_document_put_together_by_hand_is_found_out():
    whole = invoice()
    first = whole.lines[0]
    assert disagreements(whole) == []
    assert len(disagreements(replace(whole, totals=replace(whole.totals, payable=1)))) == 1
    assert disagreements(replace(whole, lines=(replace(first, net=first.net + 1), *whole.lines[1:])))
    assert disagreements(replace(whole, lines=(replace(first, quantity=Fraction(5)), *whole.lines[1:])))


def test_an_older_snapshot_is_read_with_defaults_and_a_newer_one_without_what_it_adds():
    stored = invoice(lines=sample_lines()).to_json()
    del stored["annex"], stored["lines"][0]["requests"], stored["seller"]["website"]
    stored["of_the_future"] = 1

    read = Snapshot.from_json(stored)

    assert (read.annex, read.lines[0].requests, read.seller.website) == ((), (), "")
    assert read.totals == invoice().totals


def test_a_line_of_other_units_keeps_its_price_base():
    line = draw_line(1, "Mails", Fraction(12_345), Unit.PIECE, 45, VAT_19, price_base=1000)
    assert line.net == 556
