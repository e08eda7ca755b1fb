"""Terms as administrators type them are read, written and read again as the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy_sla.clocks.words import MEASURED, NEVER_PAUSE, Unit
from rtpy_sla.web.policies.amounts import read_amount, write_amount
from rtpy_sla.web.policies.bands import OFFERED, PAUSES, new_band, places_in, read_bands, rows_of, typed_of

HOUR = 3600


@pytest.mark.parametrize(
    ("typed", "unit", "amount"),
    [
        ("4h", Unit.BUSINESS, (4 * HOUR, Unit.BUSINESS)),
        ("30m", Unit.WALL, (1800, Unit.WALL)),
        ("1h30", Unit.BUSINESS, (5400, Unit.BUSINESS)),
        ("2d", Unit.BUSINESS, (2, Unit.DAYS)),
        ("1 business day", Unit.BUSINESS, (1, Unit.DAYS)),
        ("0d", Unit.BUSINESS, (0, Unit.DAYS)),
        ("0", Unit.BUSINESS, (0, Unit.BUSINESS)),
    ],
)
def test_amounts_are_read(typed, unit, amount):
    assert read_amount(typed, unit) == amount


@pytest.mark.parametrize(
    ("typed", "unit", "says"),
    [
        ("soon", Unit.BUSINESS, "no amount of time"),
        ("-4h", Unit.BUSINESS, "below zero"),
        ("2d", Unit.WALL, "business days here"),
        ("9999d", Unit.BUSINESS, "At most 999"),
        ("9999h", Unit.BUSINESS, "At most a year"),
    ],
)
def test_what_is_no_amount_is_told(typed, unit, says):
    with pytest.raises(ValueError, match=says):
        read_amount(typed, unit)


terms = st.dictionaries(
    st.sampled_from([target.value for target in OFFERED]),
    st.tuples(st.integers(0, 900), st.sampled_from(list(Unit)), st.sets(st.sampled_from(PAUSES))),
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.dictionaries(st.integers(0, 100), terms, min_size=1, max_size=3))
def test_bands_that_are_shown_are_read_as_they_were(bands):
    fixed = {target.value: [] for target in NEVER_PAUSE}
    fixed |= {target.value: sorted(ball.value for ball in PAUSES) for target in MEASURED}
    stored = [
        {
            "from_priority": priority,
            "calendar_id": priority or None,
            "terms": {
                name: {
                    "amount": amount if unit is Unit.DAYS else amount * 60,
                    "unit": unit.value,
                    "pauses": fixed.get(name, sorted(ball.value for ball in balls)),
                }
                for name, (amount, unit, balls) in found.items()
            },
        }
        for priority, found in sorted(bands.items(), reverse=True)
    ]
    typed = read_bands(typed_of(stored))
    assert (typed.bands, typed.problems) == (stored, [])


def test_a_band_is_added_and_what_is_wrong_stands_beside_it():
    given = {**new_band(0), **new_band(3), "band.3.from": "high", "band.0.first_response.amount": "soon"}
    assert places_in(given) == (0, 3)
    typed = read_bands(given)
    assert [problem.field for problem in typed.problems] == ["band.0.first_response.amount", "band.3.from"]
    rows = rows_of(given, {problem.field: problem.message for problem in typed.problems})
    assert "no amount of time" in rows[0].terms[1].error
    assert rows[1].error == "Write a priority as a whole number."
    assert all(ticked for row in rows[1].terms for _, _, ticked in row.pauses)


def test_amounts_are_written_as_they_are_typed():
    assert [
        write_amount(*each) for each in ((5400, "business"), (1800, "wall"), (7200, "wall"), (2, "days"))
    ] == [
        "1h30",
        "30m",
        "2h",
        "2d",
    ]
