"""A chart's numbers as a chart to draw."""

from collections.abc import Callable

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.search.charting.charted import Charted
from rtpy.search.charting.dimension import OTHERS
from rtpy.search.charting.measures import Statistic
from rtpy.search.language.tree import Node

SHAPES = {
    "": "What fits",
    Shape.BARS.value: "Bars",
    Shape.STACKED_BARS.value: "Stacked bars",
    Shape.COLUMNS.value: "Columns",
    Shape.STACKED.value: "Stacked columns",
    Shape.LINES.value: "Lines",
}
"""Shapes to choose from."""
_RT = {
    "bar": Shape.BARS.value,
    "pie": Shape.BARS.value,
    "column": Shape.COLUMNS.value,
    "line": Shape.LINES.value,
}
MOST_COLUMNS = 40
"""Beyond that many, columns are thinner than their gaps."""
LINKS = Callable[[Node], str]
"""From a query to the address of the tickets that it finds."""


def as_chart(found: Charted, title: str, url_of: LINKS, measure: int = 0) -> Chart:
    """One measure of it. Along a calendar only its steps are drawn: what has no date or lies elsewhere is no point."""
    rows = list(zip(found.first, found.cells, strict=True))
    if found.is_dated:
        rows = [(group, row) for group, row in rows if group.label != OTHERS and not group.is_nothing]
    asked = found.measures[measure]
    names = [each.label for each in found.second] or [asked.title]
    series = tuple(
        Series(
            name,
            tuple(row[at].values[measure] if at < len(row) else None for _, row in rows),
            tuple(url_of(row[at].node) if at < len(row) else "" for _, row in rows),
        )
        for at, name in enumerate(names)
    )
    labels = tuple(group.label for group, _ in rows)
    return Chart(title, labels, series, found.titles[0], asked.title, asked.unit)


def chosen_shape(written: str) -> str:
    """One of SHAPES; RT's words for them are understood (`bar`, `pie`, `line+table`)."""
    plain = written.partition("+")[0].strip().lower()
    plain = _RT.get(plain, plain)
    return plain if plain in SHAPES else ""


def shape_of(written: str, found: Charted) -> Shape:
    """The shape that a choice asks for; where it leaves that open, what fits the numbers."""
    plain = chosen_shape(written)
    if plain:
        return Shape(plain)
    adds_up = found.measures[0].statistic in (Statistic.COUNT, Statistic.SUM)
    if found.is_dated:
        if len(found.first) > MOST_COLUMNS or (found.second and not adds_up):
            return Shape.LINES
        return Shape.STACKED if found.second else Shape.COLUMNS
    return Shape.STACKED_BARS if found.second and adds_up else Shape.BARS
