"""A search as a chart: the drawing, its numbers as a table with the tickets behind each, and the form for both."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote_plus

from pyramid.request import Request

from rtpy.charts.draw import draw
from rtpy.charts.scale import in_words
from rtpy.search.charting.charted import Cell, Charted, charted
from rtpy.search.charting.drawing import SHAPES, as_chart, chosen_shape, shape_of
from rtpy.search.charting.groupings import offered_groupings
from rtpy.search.charting.measures import (
    STATISTICS,
    Measure,
    Statistic,
    offered_subjects,
    read_measures,
    subject_title,
)
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.printer import show
from rtpy.search.language.tree import Node
from rtpy.search.run import asking_of, check
from rtpy.web.forms import Option
from rtpy.web.html import Html
from rtpy.web.staff.search.asked import Asked, address, parameters

OF_FORM = ("GroupBy", "ChartFunction", "ChartStyle", "show", "Page", "q")
Grouped = list[tuple[str, list[Option]]]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A number and the address of the tickets behind it; empty where there are none."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChartForm:
    """What can be chosen."""

    kept: tuple[tuple[str, str], ...]
    first: Grouped
    second: Grouped
    statistics: tuple[Option, ...]
    subjects: tuple[Option, ...]
    shapes: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ChartPart:
    """What the chart's part of the page shows; `problem` says why nothing could be drawn."""

    form: ChartForm
    problem: str = ""
    title: str = ""
    caption: str = ""
    drawing: str = ""
    """SVG."""
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[ShownCell, ...]], ...] = ()
    totals: tuple[ShownCell, ...] = ()
    notes: tuple[str, ...] = ()


def read_chart(request: Request, asked: Asked) -> ChartPart:
    """The chart that the address asks for. Raises CannotSearch when it is the search itself that makes no sense."""
    form = _form(request, asked)
    try:
        found = charted(request.work, asked.search, asked.content.chart)
    except CannotSearch as wrong:
        check(request.work, asked.search)
        return ChartPart(form, problem=str(wrong))
    return _part(request, asked, found, form)


def _part(request: Request, asked: Asked, found: Charted, form: ChartForm) -> ChartPart:
    urls = _Urls(request, asked)
    title = f"{found.measures[0].title} by {' and '.join(found.titles)}"
    chart = as_chart(found, title, urls.of)
    shape = shape_of(asked.content.chart.shape, found)
    number = f"{found.total:,} {'ticket' if found.total == 1 else 'tickets'}"
    return ChartPart(
        form,
        title=title,
        caption=f"{title}; {number} in all",
        drawing=Html(draw(chart, shape)) if found.total else "",
        headings=_headings(found),
        rows=tuple(
            (group.label, _row(found, cells, urls))
            for group, cells in zip(found.first, found.cells, strict=True)
        ),
        totals=_totals(found),
        notes=found.notes,
    )


class _Urls:
    """Addresses of the tickets behind numbers: the same columns and order with another query."""

    def __init__(self, request: Request, asked: Asked) -> None:
        off = dict.fromkeys((*OF_FORM, "Query", "Precedence", "saved", "by"))
        self.start = address(request, asked, **off)
        self.start += "&Query=" if "?" in self.start and not self.start.endswith("?") else "Query="

    def of(self, node: Node) -> str:
        """The address of what a query finds."""
        return self.start + quote_plus(show(node))


def _row(found: Charted, cells: tuple[Cell, ...], urls: _Urls) -> tuple[ShownCell, ...]:
    if found.second:
        row = [_shown(found.measures[0], each.values[0], each, urls) for each in cells]
        if _adds_up(found):
            row.append(ShownCell(in_words(_sum(each.values[0] for each in cells), found.measures[0].unit)))
        return tuple(row)
    (cell,) = cells
    row = [_shown(each, value, cell, urls) for each, value in zip(found.measures, cell.values, strict=True)]
    if all(each.of for each in found.measures):
        row.append(_shown(Measure(), cell.count, cell, urls))
    return tuple(row)


def _shown(measure: Measure, value: float | None, cell: Cell, urls: _Urls) -> ShownCell:
    return ShownCell(in_words(value, measure.unit), urls.of(cell.node) if cell.count else "")


def _headings(found: Charted) -> tuple[str, ...]:
    first = found.titles[0]
    if found.second:
        return (first, *(each.label for each in found.second), *(("Total",) if _adds_up(found) else ()))
    measured = tuple(each.title for each in found.measures)
    return (first, *measured, *(("Tickets",) if all(each.of for each in found.measures) else ()))


def _adds_up(found: Charted) -> bool:
    """Are sums over groups true? Not where a ticket is in several, nor for averages."""
    return not found.is_many and found.measures[0].statistic in (Statistic.COUNT, Statistic.SUM)


def _totals(found: Charted) -> tuple[ShownCell, ...]:
    """The last row, where adding up makes sense."""
    if not _adds_up(found) or not found.cells or len(found.measures) > 1:
        return ()
    unit = found.measures[0].unit
    columns = list(zip(*([cell.values[0] for cell in row] for row in found.cells), strict=True))
    sums = [_sum(column) for column in columns]
    if found.second:
        sums.append(_sum(sums))
    elif found.measures[0].of:
        return (*(ShownCell(in_words(each, unit)) for each in sums), ShownCell(f"{found.total:,}"))
    return tuple(ShownCell(in_words(each, unit)) for each in sums)


def _sum(values: Iterable[float | None]) -> float:
    return sum(each or 0 for each in values)


def _form(request: Request, asked: Asked) -> ChartForm:
    choice = asked.content.chart
    asking = asking_of(request.work, asked.search)
    offered = offered_groupings(asking)
    groups = [*choice.group_by, "", ""]
    try:
        measure = read_measures(choice.measures[0])[0] if choice.measures else Measure()
    except CannotSearch:
        measure = Measure()
    subjects = offered_subjects(asking)
    if measure.of and measure.of not in [each for each, _ in subjects]:
        subjects.append((measure.of, subject_title(measure.of)))
    shape = chosen_shape(choice.shape)
    return ChartForm(
        (*((name, value) for name, value in parameters(asked) if name not in OF_FORM), ("show", "chart")),
        _grouped(offered, groups[0]),
        _grouped(offered, groups[1]),
        tuple(Option(each.value, words, each is measure.statistic) for each, words in STATISTICS.items()),
        (
            Option("", "—", not measure.of),
            *(Option(each, words, each == measure.of) for each, words in subjects),
        ),
        tuple(Option(each, words, each == shape) for each, words in SHAPES.items()),
    )


def _grouped(offered: list[tuple[str, tuple[str, ...]]], chosen: str) -> Grouped:
    """Options under headings; what is chosen and not offered stands at the top, as written."""
    found = [
        (heading, [Option(each, each, each.lower() == chosen.lower()) for each in names])
        for heading, names in offered
    ]
    if chosen and not any(option.selected for _, options in found for option in options):
        found.insert(0, ("As written", [Option(chosen, chosen, True)]))
    return found
