"""Days and moments in the reader's language."""

from datetime import date, datetime

import pytest

from rtpy_portal.words import say_day, say_moment, spoken


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "2 Mar 2026", "2 Mar 2026, 14:05"),
        ("de", "2. März 2026", "2. März 2026, 14:05"),
        ("", "2 Mar 2026", "2 Mar 2026, 14:05"),
    ],
)
def test_days_are_written_as_readers_write_them(language, day, moment):
    assert say_day(date(2026, 3, 2), language) == day
    assert say_moment(datetime(2026, 3, 2, 14, 5), language) == moment


@pytest.mark.parametrize(("wish", "found"), [("de_AT", "de"), ("DE", "de"), ("fr", "en"), ("", "en")])
def test_the_nearest_language_is_spoken(wish, found):
    assert spoken(wish) == found
