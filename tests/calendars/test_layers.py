"""A calendar's layers lie over each other in one order: own dates, days of every year, a file, holidays, the week."""

from datetime import date

import pytest

from rtpy.calendars.calendar import Span
from rtpy.calendars.layers import Closing, Layers, merge, never_opens, without
from rtpy.calendars.written import read_yearly, write_yearly

OFFICE = ((Span(540, 720), Span(780, 1020)),) * 5 + ((), ())
MORNING, EVENING = (Span(540, 600),), (Span(1200, 1260),)
DAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("layers", "hours", "name"),
    [
        ({}, OFFICE[0], ""),
        ({"holidays": {DAY: "Eve"}}, (), "Eve"),
        ({"holidays": {DAY: "Eve"}, "feed": {DAY: Closing("Party", (Span(600, 1440),))}}, MORNING, "Party"),
        ({"feed": {DAY: Closing("Closed")}, "yearly": {(12, 24): EVENING}}, EVENING, "Closed"),
        ({"yearly": {(12, 24): EVENING}, "exceptions": {DAY: MORNING}}, MORNING, ""),
        ({"holidays": {DAY: "Eve"}, "exceptions": {DAY: OFFICE[0]}}, OFFICE[0], "Eve"),
    ],
)
def test_what_lies_on_top_holds(layers, hours, name):
    calendar = merge(1, "Office", Layers("UTC", OFFICE, **layers))
    assert calendar.spans_on(DAY) == hours
    assert calendar.name_of(DAY) == name
    assert calendar.is_exception(DAY) == bool(layers)


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ((), OFFICE[0]),
        ((Span(0, 1440),), ()),
        ((Span(600, 800),), (Span(540, 600), Span(800, 1020))),
        ((Span(500, 560), Span(1000, 1300)), (Span(560, 720), Span(780, 1000))),
        ((Span(600, 610), Span(605, 620)), (Span(540, 600), Span(620, 720), Span(780, 1020))),
    ],
)
def test_a_file_leaves_what_it_does_not_close(closed, left):
    assert without(OFFICE[0], closed) == left


def test_a_calendar_without_hours_is_known_as_one():
    assert never_opens(Layers("UTC", ((),) * 7, {DAY: MORNING}))
    assert not never_opens(Layers("UTC", ((),) * 7, yearly={(12, 24): MORNING}))
    assert not never_opens(Layers("UTC", OFFICE))


def test_days_of_every_year_are_read():
    found = read_yearly("12-24 8-12\n2-29\n\n1-1 closed")
    assert found == {(12, 24): (Span(480, 720),), (2, 29): (), (1, 1): ()}
    assert read_yearly(write_yearly(found)) == found


@pytest.mark.parametrize("text", ["2026-12-24", "13-01", "02-30", "Christmas", "12-24 x", "12-24\n12-24"])
def test_days_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_yearly(text)
