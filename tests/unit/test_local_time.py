"""Moments as clocks somewhere show them: SQLite's function says what the zone says, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.db.folding import _local

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_is_shown_as_the_zone_has_it_on_every_day(zone):
    begin = datetime(2024, 1, 1)
    moments = [begin + timedelta(minutes=37 * number) for number in range(2 * 365 * 24)]
    wrong = [
        at
        for at in moments
        if _local(at.isoformat(" ", "microseconds"), zone)
        != at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
    ]
    assert wrong == []


def test_no_moment_is_none_and_the_end_of_time_is_no_error():
    assert _local(None, "UTC") is None
    assert _local("9999-12-31 12:00:00.000000", "Europe/Berlin") == "9999-12-31 13:00:00"
