"""Durations as people write them."""

import pytest

from rtpy.duration import read_minutes


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("25", 25),
        ("25m", 25),
        ("25 min", 25),
        ("0:25", 25),
        ("1:05", 65),
        ("1h20", 80),
        ("1 h 20 m", 80),
        ("2h", 120),
        ("0.4h", 24),
        (",5 h", 30),
        ("1.25h", 75),
        ("0.008h", 0),
        ("0.01h", 1),
        ("-10m", -10),
        ("\N{MINUS SIGN}1h20", -80),
        ("+15", 15),
        ("  7  ", 7),
        ("0", 0),
    ],
)
def test_a_duration_is_read_as_people_write_it(typed, minutes):
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "h",
        "1:60",
        "1:5",
        "1.5",
        "25s",
        "--5",
        "1e3",
        "٣",
        "99999h",
        "1h2h",
        "1h120",
        "NaN",
        "x" * 99,
    ],
)
def test_what_is_no_duration_is_refused_with_the_forms_that_are(typed):
    with pytest.raises(ValueError, match=r"write it as 25, 25m, 0:25, 1h20 or 0\.4h"):
        read_minutes(typed)
