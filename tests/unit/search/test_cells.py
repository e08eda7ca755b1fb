"""Cells of exports: no text is a formula for a spreadsheet, and each can be read back as it was (A16)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.search.columns.column import Linked
from rtpy.search.out.cells import as_text, clean, guard, unguard

SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", '"', "'", "''", ' "', "\u00a0", "\u200b", "\ufeff", " ' "])
def test_what_could_be_a_formula_begins_with_an_apostrophe(sign, before):
    text = f"{before}{sign}cmd|' /C calc'!A0"
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "Printer", "5", "it's", "'quoted'", "a=b", "x@y.example", "#7", "(-5)"])
def test_other_texts_stay_as_they_are(text):
    assert guard(text) == unguard(text) == text


@given(st.text(st.sampled_from("'\" \t=+-@ax\u200b"), max_size=8) | st.text(max_size=20))
def test_every_text_survives_the_round_trip_and_only_formulas_change(text):
    assert unguard(guard(text)) == text
    first = text.lstrip("\"' ")[:1]
    assert not first or first not in SIGNS or guard(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        ("x", "x"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-02 00:30"),
        (date(2026, 7, 1), "2026-07-01"),
        (("Ann", "Bob"), "Ann, Bob"),
        ((Linked("#7 Printer", "x", 7), Linked("asset:5", "asset:5")), "#7 Printer, asset:5"),
    ],
)
def test_values_are_written_for_people(value, text):
    assert as_text(value, ZoneInfo("Europe/Berlin")) == text


def test_control_characters_are_left_out():
    assert clean("a\x00b\x1bc\ud800d\ufffe\te\nf") == "abcd\te\nf"
