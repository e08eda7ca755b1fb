"""A chart's numbers as a chart to draw."""

from collections.abc import Callable

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.search.charting.charted import Charted
from rtpy.search.charting.dimension import OTHERS
from rtpy.search.language.tree import Node

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


def shape_of(written: str, found: Charted) -> Shape:
    """The shape that a choice asks for, RT's names among them; lines where nothing is said and time goes by."""
    plain = written.strip().lower()
    known = {each.value: each for each in Shape} | {
        "bar": Shape.BARS,
        "pie": Shape.BARS,
        "column": Shape.COLUMNS,
        "line": Shape.LINES,
        "bar+table": Shape.BARS,
        "pie+table": Shape.BARS,
    }
    return known.get(plain, Shape.COLUMNS if found.is_dated else Shape.BARS)
