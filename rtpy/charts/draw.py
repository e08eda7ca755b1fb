"""Drawing a chart: lying bars, standing columns, lines."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from rtpy.charts.chart import Chart, Shape
from rtpy.charts.scale import in_words, ticks
from rtpy.charts.svg import (
    LETTER,
    WIDTH,
    box,
    canvas,
    colour,
    legend,
    line,
    mark,
    number,
    shorten,
    text,
    to_text,
)

Place = Callable[[float], float]
"""Where a value, or the label of a number, stands in the drawing."""

LONGEST_LABEL = 26
BAR, GAP = 18.0, 10.0
PLOT = 240.0
"""How high the plot of columns and lines is."""


def draw(chart: Chart, shape: Shape) -> str:
    """The chart as SVG for a page or a mail; empty text where there is nothing to be seen."""
    if chart.is_empty:
        return ""
    if shape in (Shape.BARS, Shape.STACKED_BARS):
        return to_text(_bars(chart, stacked=shape is Shape.STACKED_BARS))
    return to_text(_plot(chart, shape))


def _bars(chart: Chart, *, stacked: bool) -> Element:
    """A group of lying bars for each label, with the value at the end of each; stacked: one bar, with their sum."""
    many = 1 if stacked else len(chart.series)
    group = many * BAR + GAP
    left = min(max(map(len, chart.labels)), LONGEST_LABEL) * LETTER + 12
    lowest, highest = _range(chart, stacked=stacked)
    marks = ticks(lowest, highest, chart.unit)
    told = [lowest, highest] if stacked else _values(chart)
    right = LETTER * max(len(in_words(value, chart.unit)) for value in told) + 18
    space = WIDTH - left - right
    drawing = canvas(chart, 0)
    top = legend(drawing, chart, 0)

    def x(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * space

    for place, label in enumerate(chart.labels):
        y = top + place * group
        text(
            drawing,
            left - 8,
            y + many * BAR / 2 + 4,
            shorten(label, LONGEST_LABEL),
            anchor="end",
            hidden=True,
        )
        if stacked:
            _stack(drawing, chart, place, y, x)
            continue
        for which, series in enumerate(chart.series):
            value = series.values[place]
            if value is None:
                continue
            here = mark(drawing, chart, series, place)
            begin, end = sorted((x(0), x(value)))
            box(here, begin, y + which * BAR, max(end - begin, 1), BAR - 2, which)
            text(here, end + 6, y + which * BAR + 12, in_words(value, chart.unit), hidden=True)
    height = top + len(chart.labels) * group
    line(drawing, x(0), top - 2, x(0), height - GAP + 2, "chart-axis")
    drawing.set("viewBox", f"0 0 {WIDTH} {number(height)}")
    return drawing


def _stack(drawing: Element, chart: Chart, place: int, y: float, x: Place) -> None:
    """One lying bar of all series, those below zero to the left, with the sum behind it."""
    above, below = 0.0, 0.0
    for which, series in enumerate(chart.series):
        value = series.values[place]
        if not value:
            continue
        base = above if value > 0 else below
        above, below = (above + value, below) if value > 0 else (above, below + value)
        begin, end = sorted((x(base), x(base + value)))
        box(mark(drawing, chart, series, place), begin, y, max(end - begin, 1), BAR - 2, which)
    if any(series.values[place] is not None for series in chart.series):
        text(drawing, x(above) + 6, y + 12, in_words(above + below, chart.unit), hidden=True)


def _plot(chart: Chart, shape: Shape) -> Element:
    """Columns or lines over an axis of labels, with lines across at round values."""
    marks = ticks(*_range(chart, stacked=shape is Shape.STACKED), chart.unit)
    left = LETTER * max(len(in_words(mark_, chart.unit)) for mark_ in marks) + 12
    drawing = canvas(chart, 0)
    top = legend(drawing, chart, 0) + 8
    slot = (WIDTH - left) / len(chart.labels)

    def y(value: float) -> float:
        return top + PLOT - (value - marks[0]) / (marks[-1] - marks[0]) * PLOT

    for value in marks:
        line(drawing, left, y(value), WIDTH, y(value), "chart-axis" if value == 0 else "chart-line")
        text(drawing, left - 8, y(value) + 4, in_words(value, chart.unit), anchor="end", hidden=True)
    longest = max(len(shorten(label, LONGEST_LABEL)) for label in chart.labels)
    every = max(1, -(-int(longest * LETTER + 10) // max(int(slot), 1)))
    for place in range(0, len(chart.labels), every):
        middle = left + (place + 0.5) * slot
        words = shorten(chart.labels[place], LONGEST_LABEL)
        half = len(words) * LETTER / 2
        text(
            drawing,
            min(max(middle, half), WIDTH - half),
            top + PLOT + 20,
            words,
            anchor="middle",
            hidden=True,
        )
    if shape is Shape.LINES:
        _lines(drawing, chart, lambda place: left + (place + 0.5) * slot, y)
    else:
        _columns(drawing, chart, shape, left, slot, y)
    drawing.set("viewBox", f"0 0 {WIDTH} {number(top + PLOT + 32)}")
    return drawing


def _columns(drawing: Element, chart: Chart, shape: Shape, left: float, slot: float, y: Place) -> None:
    many = 1 if shape is Shape.STACKED else len(chart.series)
    wide = min(slot * 0.76, 64.0 * many) / many
    for place in range(len(chart.labels)):
        begin = left + (place + 0.5) * slot - wide * many / 2
        above, below = 0.0, 0.0
        for which, series in enumerate(chart.series):
            value = series.values[place]
            if not value:
                continue
            base = 0.0
            if shape is Shape.STACKED:
                base = above if value > 0 else below
                above, below = (above + value, below) if value > 0 else (above, below + value)
            here = mark(drawing, chart, series, place)
            high, low = sorted((y(base), y(base + value)))
            x = begin if shape is Shape.STACKED else begin + which * wide
            box(here, x, high, max(wide - 1, 1), max(low - high, 1), which)


def _lines(drawing: Element, chart: Chart, x: Place, y: Place) -> None:
    for which, series in enumerate(chart.series):
        look = colour(which)
        stroke = {
            "class": f"{look['class']}-line",
            "stroke": look["fill"],
            "fill": "none",
            "stroke-width": "2",
        }
        for run in _runs(series.values):
            points = " ".join(f"{number(x(place))},{number(y(value))}" for place, value in run)
            SubElement(drawing, "polyline", {"points": points, **stroke})
        for place, value in enumerate(series.values):
            if value is not None:
                here = mark(drawing, chart, series, place)
                at = {"cx": number(x(place)), "cy": number(y(value))}
                SubElement(here, "circle", {**at, "r": "4", **look})


def _runs(values: tuple[float | None, ...]) -> list[list[tuple[int, float]]]:
    """The known values with their places, parted where one is missing."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if len(run) > 1]


def _values(chart: Chart) -> list[float]:
    return [value for series in chart.series for value in series.values if value is not None]


def _range(chart: Chart, *, stacked: bool) -> tuple[float, float]:
    values = _values(chart)
    if stacked:
        columns = list(zip(*(series.values for series in chart.series), strict=True))
        values = [sum(value for value in column if value and value > 0) for column in columns]
        values += [sum(value for value in column if value and value < 0) for column in columns]
    return min(values), max(values)
