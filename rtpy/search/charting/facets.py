"""Facets: what a search found, counted by a few fields, each number with the narrower search that finds it."""

from dataclasses import dataclass

from rtpy.search.charting.charted import Cell, charted
from rtpy.search.charting.dimension import OTHERS
from rtpy.search.charting.groupings import dimension_of
from rtpy.search.language.tree import Node
from rtpy.search.run import Search, asking_of
from rtpy.search.saved import ChartChoice
from rtpy.work import Work

FACETS = ("Status", "Queue", "Owner", "Organization", "Requestor")
MOST = 8
"""Groups of one facet that are named, the largest."""


@dataclass(frozen=True, slots=True)
class Part:
    """Tickets of one group among those that were found; `node` finds just them."""

    label: str
    count: int
    node: Node


@dataclass(frozen=True, slots=True)
class Facet:
    """One field and its largest groups; `field` is its name in queries, `left_out` counts the groups not named."""

    field: str
    title: str
    parts: tuple[Part, ...]
    left_out: int


def read_facets(work: Work, search: Search) -> tuple[Facet, ...]:
    """The fields by which the actor can narrow what they may find; a field with one group only says nothing.

    The numbers are those of a chart, under the same rights. Raises CannotSearch, also when it takes too long.
    """
    found = []
    asking = asking_of(work, search)
    for field in FACETS:
        chart = charted(work, search, ChartChoice(("count",), (field,)))
        parts = [
            Part(group.label, cell.count, cell.node)
            for group, (cell,) in zip(chart.first, chart.cells, strict=True)
            if _tells(group.label, cell)
        ]
        if len(parts) < 2:
            continue
        parts.sort(key=lambda part: -part.count)
        title = dimension_of(asking, field).title
        found.append(Facet(field, title, tuple(parts[:MOST]), max(len(parts) - MOST, 0)))
    return tuple(found)


def _tells(label: str, cell: Cell) -> bool:
    return cell.count > 0 and label != OTHERS
