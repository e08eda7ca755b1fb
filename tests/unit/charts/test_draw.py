"""Drawing charts: what stands there, what is read aloud, and that no value breaks it."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpy.charts.chart import Chart, Series, Shape, Unit
from rtpy.charts.draw import draw
from rtpy.charts.scale import in_words, ticks

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = Chart(
    "Tickets by week",
    ("W 1", "W 2", "W 3"),
    (Series("open", (3, 0, 5), ("/a", "/b", "/c")), Series("resolved", (1, None, 2))),
)


def drawn(chart, shape):
    return ElementTree.fromstring(draw(chart, shape))


@pytest.mark.parametrize("shape", Shape)
def test_each_value_is_said_in_words_and_leads_to_what_is_behind_it(shape):
    svg = drawn(WEEKS, shape)
    assert svg.get("aria-label") == "Tickets by week"
    links = {link.get("aria-label"): link.get("href") for link in svg.iter(f"{SVG}a")}
    assert links.items() >= {"W 1, open: 3": "/a", "W 3, open: 5": "/c"}.items()
    said = {group.get("aria-label") for group in svg.iter(f"{SVG}g")}
    assert said == {"W 1, resolved: 1", "W 3, resolved: 2"}


def test_a_chart_without_values_is_not_drawn():
    assert draw(Chart("None", ("a",), (Series("x", (None,)),)), Shape.BARS) == ""
    assert draw(Chart("None", (), ()), Shape.LINES) == ""


def test_bars_are_as_long_as_their_values():
    svg = drawn(Chart("Two", ("a", "b"), (Series("x", (10, 20)),)), Shape.BARS)
    short, long = (float(bar.get("width")) for bar in svg.iter(f"{SVG}rect"))
    assert long == pytest.approx(2 * short, abs=0.05)


def test_stacked_columns_stand_on_each_other():
    svg = drawn(Chart("One", ("a",), (Series("x", (1,)), Series("y", (2,)))), Shape.STACKED)
    lower, upper = [bar for bar in svg.iter(f"{SVG}rect") if bar.get("width") != "12"]
    assert float(upper.get("y")) + float(upper.get("height")) == pytest.approx(
        float(lower.get("y")), abs=0.05
    )


def test_stacked_bars_stand_behind_each_other_with_their_sum_at_the_end():
    svg = drawn(Chart("One", ("a",), (Series("x", (1,)), Series("y", (2,)))), Shape.STACKED_BARS)
    first, second = [bar for bar in svg.iter(f"{SVG}rect") if bar.get("width") != "12"]
    assert float(first.get("x")) + float(first.get("width")) == pytest.approx(
        float(second.get("x")), abs=0.05
    )
    assert [each.text for each in svg.iter(f"{SVG}text")][-1] == "3"


def test_a_line_breaks_where_a_value_is_missing():
    svg = drawn(Chart("L", tuple("abcde"), (Series("x", (1, 2, None, 3, 4)),)), Shape.LINES)
    assert len(list(svg.iter(f"{SVG}polyline"))) == 2
    assert len(list(svg.iter(f"{SVG}circle"))) == 4


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1234, Unit.NUMBER, "1,234"),
        (2.5, Unit.NUMBER, "2.5"),
        (None, Unit.NUMBER, "–"),
        (75, Unit.MINUTES, "1 h 15 min"),
        (0, Unit.MINUTES, "0 min"),
        (-90, Unit.MINUTES, "-1 h 30 min"),
        (6000, Unit.MINUTES, "100 h"),
        (42, Unit.SECONDS, "42 s"),
        (3600, Unit.SECONDS, "1 h"),
        (100 * 3600, Unit.SECONDS, "4 d 4 h"),
        (2 * 86400 - 60, Unit.SECONDS, "2 d"),
    ],
)
def test_values_are_said_in_their_unit(value, unit, words):
    assert in_words(value, unit) == words


@pytest.mark.parametrize(
    ("lowest", "highest", "unit", "expected"),
    [
        (0, 0, Unit.NUMBER, (0, 1)),
        (0, 3, Unit.NUMBER, (0, 1, 2, 3)),
        (2, 47, Unit.NUMBER, (0, 10, 20, 30, 40, 50)),
        (-5, 5, Unit.NUMBER, (-6, -4, -2, 0, 2, 4, 6)),
        (0, 100, Unit.MINUTES, (0, 30, 60, 90, 120)),
        (0, 7200, Unit.SECONDS, (0, 1800, 3600, 5400, 7200)),
    ],
)
def test_the_axis_has_round_steps(lowest, highest, unit, expected):
    assert ticks(lowest, highest, unit) == expected


values = st.one_of(st.none(), st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=6),
    st.data(),
    st.sampled_from(Shape),
    st.sampled_from(Unit),
)
def test_any_values_and_names_make_a_drawing_within_its_frame(labels, data, shape, unit):
    rows = data.draw(st.lists(st.tuples(*[values] * len(labels)), min_size=1, max_size=4))
    series = tuple(Series(data.draw(st.text(max_size=40)), row, ("/x?<&\"'",) * len(row)) for row in rows)
    chart = Chart("T", tuple(labels), series, unit=unit)
    if chart.is_empty:
        assert draw(chart, shape) == ""
        return
    svg = drawn(chart, shape)
    _, _, width, height = map(float, svg.get("viewBox").split())
    for bar in svg.iter(f"{SVG}rect"):
        x, y, wide, high = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= -1
        assert x + wide <= width + 1
        assert y >= -1
        assert y + high <= height + 1


@pytest.mark.parametrize("value", [5e-324, -5e-324])
def test_a_value_that_is_next_to_nothing_has_a_scale(value):
    for unit in Unit:
        assert len(ticks(min(value, 0), max(value, 0), unit)) > 1
