"""Moments and durations in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.web.times import bind_when, show_minutes, show_relative, show_when

NOW = datetime(2026, 2, 12, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=10), "just now"),
        (timedelta(seconds=-50), "1 min ago"),
        (timedelta(minutes=-5), "5 min ago"),
        (timedelta(minutes=-50), "1 h ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(hours=-23), "1 day ago"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(minutes=90), "in 2 h"),
        (timedelta(days=-31), "12 Jan 2026"),
        (timedelta(days=400), "19 Mar 2027"),
    ],
)
def test_near_moments_are_relative_and_far_ones_dates(distance, words):
    assert show_relative(NOW + distance, NOW) == words


def test_the_exact_time_stands_in_the_title_in_the_readers_zone():
    html = show_when(NOW - timedelta(hours=3), now=NOW, zone=ZoneInfo("Europe/Berlin"))
    assert html == (
        '<time datetime="2026-02-12T11:05:00Z" title="Thu 12 Feb 2026, 12:05 CET" data-relative>3 h ago</time>'
    )


def test_no_moment_shows_nothing_or_what_the_page_wants():
    when = bind_when(NOW)
    assert when(None) == ""
    assert when(None, nothing="not set") == "not set"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (60, "1 h"),
        (75, "1 h 15 min"),
        (600, "10 h"),
        (-30, "-30 min"),
        (-90, "-1 h 30 min"),
    ],
)
def test_minutes_are_written_as_hours_and_minutes(minutes, words):
    assert show_minutes(minutes) == words
