"""Clock times are read as the instants that they mean, on the days too on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy_billing.capture.local_time import Never, Twice, clock_shown, instant_of, which_pass, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
BACK, FORWARD = date(2026, 10, 25), date(2026, 3, 29)


def test_the_long_night_from_2330_to_0330_is_five_hours():
    began = instant_of(date(2026, 10, 24), time(23, 30), BERLIN)
    assert instant_of(BACK, time(3, 30), BERLIN) - began == timedelta(hours=5)


def test_an_hour_that_comes_twice_asks_which():
    with pytest.raises(Twice):
        instant_of(BACK, time(2, 30), BERLIN)
    first, second = (instant_of(BACK, time(2, 30), BERLIN, which) for which in ("first", "second"))
    assert second - first == timedelta(hours=1)
    assert (which_pass(first, BERLIN), which_pass(second, BERLIN)) == ("first", "second")


def test_an_hour_that_never_came_is_refused():
    with pytest.raises(Never):
        instant_of(FORWARD, time(2, 30), BERLIN)


@given(
    st.integers(0, 10 * 365 * 24 * 60),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_what_is_shown_of_an_instant_reads_as_that_instant(minutes, name):
    zone = zone_named(name)
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    local = at.astimezone(zone)
    shown = time.fromisoformat(clock_shown(at, zone))
    assert instant_of(local.date(), shown, zone, which_pass(at, zone)) == at
