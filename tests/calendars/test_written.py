"""Agreed hours are read as people write them."""

from datetime import date

import pytest

from rtpy.calendars.calendar import Span
from rtpy.calendars.written import read_day, read_exceptions, write_day, write_exceptions


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("closed", ()),
        ("08:00-17:00", (Span(480, 1020),)),
        ("8-12, 13:30-17", (Span(480, 720), Span(810, 1020))),
        ("0-24", (Span(0, 1440),)),
        ("13:00–17:00,8.00-12.00", (Span(480, 720), Span(780, 1020))),
        ("8-12, 11-13", (Span(480, 780),)),
    ],
)
def test_the_hours_of_a_day_are_read(text, spans):
    assert read_day(text) == spans
    assert read_day(write_day(spans)) == spans


@pytest.mark.parametrize(
    "text", ["morning", "17-8", "8-25", "8:75-9:00", "8", "8-9-10", "-1-5", "٨-٩", "8-12;13-17"]
)
def test_what_are_no_hours_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_day(text)


def test_dates_that_differ_are_read_a_line_each():
    text = "2026-12-24 08:00-12:00\n\n 2026-12-25\n2026-12-26 closed\n"
    found = read_exceptions(text)
    assert found == {date(2026, 12, 24): (Span(480, 720),), date(2026, 12, 25): (), date(2026, 12, 26): ()}
    assert read_exceptions(write_exceptions(found)) == found


@pytest.mark.parametrize("text", ["24.12.2026", "2026-12-24 x", "2026-12-24\n2026-12-24", "Christmas"])
def test_dates_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_exceptions(text)
