"""A moment as people write it is one moment, or a sentence."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy_sla.promises.reading import Unclear, read_moment, say_moment
from rtpy_sla.promises.recorded import PromiseDeed
from rtpy_sla.promises.settle import SettlePromise
from rtpy_sla.promises.typed import read_promises

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)  # Wednesday, 10:30 in Berlin


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("by Friday noon", "2026-11-27 12:00"),
        ("tomorrow 17:00", "2026-11-26 17:00"),
        ("today 5 pm", "2026-11-25 17:00"),
        ("5pm", "2026-11-25 17:00"),
        ("until 17.30", "2026-11-25 17:30"),
        ("Monday, 9 a.m.", "2026-11-30 09:00"),
        ("12 am tomorrow", "2026-11-26 00:00"),
        ("12 pm tomorrow", "2026-11-26 12:00"),
        ("27 Nov 9 am", "2026-11-27 09:00"),
        ("Nov 27th 9:15", "2026-11-27 09:15"),
        ("friday 27 november 2026 at 08:00", "2026-11-27 08:00"),
        ("3 Jan 17h", "2027-01-03 17:00"),
        ("27.11. 14:00", "2026-11-27 14:00"),
        ("27.11.2026 14:00", "2026-11-27 14:00"),
        ("2026-11-27 14:00", "2026-11-27 14:00"),
        ("2026-11-27T14:00", "2026-11-27 14:00"),
        ("29 Feb noon", "2028-02-29 12:00"),
        ("in 3 hours", "2026-11-25 13:30"),
        ("in 45 min", "2026-11-25 11:15"),
        ("by in 2 days", "2026-11-27 10:30"),
        ("in 1 week", "2026-12-02 10:30"),
    ],
)
def test_words_name_one_moment(typed, local):
    if typed.startswith("29 Feb"):  # a leap day is at most four years away, and so too far here
        with pytest.raises(Unclear, match="2028"):
            read_moment(typed, datetime(2025, 1, 1, tzinfo=UTC), BERLIN)
        return
    assert f"{read_moment(typed, NOW, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Say until when"),
        ("Friday", "Until when on the day"),
        ("tomorrow morning", "no moment that can be kept"),
        ("end of day", "no moment that can be kept"),
        ("Wednesday noon", "Today is Wednesday"),
        ("next Friday noon", "Is that 27 Nov 2026 or 4 Dec 2026"),
        ("tomorrow 5", "05:00 or 17:00"),
        ("tomorrow 15", "an hour or a day"),
        ("3/4 noon", "Is 3/4 a day and a month"),
        ("today 9:00", "is past"),
        ("9:00", "tomorrow 09:00"),
        ("2026-11-24 12:00", "is past"),
        ("2036-11-24 12:00", "is the year right"),
        ("31 Nov noon", "no day 31 in month 11"),
        ("2026-02-30 12:00", "no day 30 in month 2 of 2026"),
        ("Monday 27 Nov noon", "is no Monday"),
        ("Friday Monday noon", "two days"),
        ("tomorrow 9:00 10:00", "two times"),
        ("tomorrow 24:00", "no 24:00"),
        ("tomorrow 13 pm", "no 13pm"),
        ("in 0 hours", "This is now"),
        ("Nov noon", "Which day of the month"),
        ("when the part is there", "no moment that is understood"),
        ("x" * 100, "too long"),
    ],
)
def test_what_is_not_one_moment_is_told(typed, says):
    with pytest.raises(Unclear, match=says):
        read_moment(typed, NOW, BERLIN)


def test_clocks_that_are_put_forward_or_back():
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    with pytest.raises(Unclear, match="put forward"):
        read_moment("tomorrow 2:30", spring, BERLIN)
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    # shown twice: the first time, so that the promise does not get longer
    assert read_moment("tomorrow 2:30", autumn, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read_moment("in 1 day", spring, BERLIN).astimezone(BERLIN).hour == 13


def test_a_moment_that_was_read_can_be_read_back():
    due = read_moment("friday noon", NOW, BERLIN)
    assert say_moment(due, BERLIN) == "Fri 27 Nov 2026, 12:00 (Europe/Berlin)"


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(
    st.text("abdefnoprty 0123456789.:/-,äß\x00\n²", max_size=40)
    | st.lists(st.sampled_from("by friday 5 pm noon 27 nov . 17:00 in days 3".split())).map(" ".join)
)
def test_anything_typed_is_a_moment_to_come_or_a_sentence(typed):
    sentence, moment = "", NOW
    try:
        moment = read_moment(typed, NOW, BERLIN)
    except Unclear as unclear:
        sentence = str(unclear)
    assert moment > NOW or sentence.endswith((".", "?", ")."))
    assert len(sentence) < 250


def test_a_box_whose_name_holds_no_number_of_a_promise_keeps_nothing():
    given = {f"sla.keeps.{each}": "1" for each in ("3", "", "x", "²", "9" * 5000)}
    assert read_promises(given, NOW, BERLIN) == (SettlePromise(3, PromiseDeed.KEPT),)
