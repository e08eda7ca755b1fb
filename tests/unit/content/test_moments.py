"""Moments in words: what a queue says about the due date of its tickets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rtpy.content.moments import read_moment
from rtpy.errors import Invalid

NOW = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
"""A Friday; clocks go forward in Berlin on the Sunday after it."""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("90", "2026-03-27T10:30"),
        ("in 4 hours", "2026-03-27T13:00"),
        ("2 days", "2026-03-29T09:00"),
        ("1 Working Day", "2026-03-30T09:00"),
        ("5 business days", "2026-04-03T09:00"),
        ("2 weeks", "2026-04-10T09:00"),
        ("1 month", "2026-04-27T09:00"),
        ("today", "2026-03-27T23:59"),
        ("tomorrow at 9", "2026-03-28T09:00"),
        ("friday 17:00", "2026-03-27T17:00"),
        ("friday 8:00", "2026-04-03T08:00"),
        ("next monday 12:15", "2026-03-30T12:15"),
        ("end of week", "2026-03-29T23:59"),
        ("end of the month 12:00", "2026-03-31T12:00"),
        ("2026-05-01", "2026-05-01T23:59"),
    ],
)
def test_words_are_read_as_people_mean_them(words, expected):
    assert read_moment(words, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_days_keep_the_time_of_day_when_the_clocks_change():
    later = read_moment("3 days", NOW, ZoneInfo("Europe/Berlin"))
    assert later.astimezone(ZoneInfo("Europe/Berlin")).strftime("%d %H:%M") == "30 10:00"


def test_no_words_are_no_moment():
    assert read_moment("  ", NOW) is None


@pytest.mark.parametrize(
    "words", ["soon", "99999999", "tomorrow 25:00", "5 fortnights", "9999999 weeks", "-3 days"]
)
def test_what_is_no_moment_is_refused_with_examples(words):
    with pytest.raises(Invalid, match="write for example"):
        read_moment(words, NOW)
