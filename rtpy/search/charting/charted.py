"""Charts of searches: the numbers of each group, with the query that finds the tickets behind each."""

from collections.abc import Sequence
from dataclasses import dataclass

from rtpy.search.charting.dimension import OTHERS, Dimension, Group, Key
from rtpy.search.charting.groupings import dimension_of
from rtpy.search.charting.measures import COUNT, Measure, is_in_use, read_measures
from rtpy.search.charting.statistics import Counted, Shown, Statements
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.tree import Both, Either, Node, Not, Operator, Term
from rtpy.search.patience import patient
from rtpy.search.run import Search, asking_of, count
from rtpy.search.saved import ChartChoice
from rtpy.search.searched import Target
from rtpy.work import Work

MOST_FIRST, MOST_SECOND, MOST_MEASURES = 100, 12, 4


@dataclass(frozen=True, slots=True)
class Cell:
    """What was measured of the tickets of one group: how many they are, and a value for each measure.

    `node` finds them. A value is None where no ticket of the group has any.
    """

    count: int
    values: tuple[float | None, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart's numbers: `cells` by the first and the second grouping; without a second there is one cell in a row.

    `total` is how many tickets were found in all, each once. `notes` are sentences about what the numbers do not say.
    """

    measures: tuple[Measure, ...]
    titles: tuple[str, ...]
    first: tuple[Group, ...]
    second: tuple[Group, ...]
    cells: tuple[tuple[Cell, ...], ...]
    total: int
    notes: tuple[str, ...] = ()
    is_dated: bool = False
    """Is the first grouping one by time?"""
    is_many: bool = False
    """Can a ticket be in several groups?"""


def charted(work: Work, search: Search, choice: ChartChoice) -> Charted:
    """The numbers of what the actor may find. Raises CannotSearch, also when it takes too long.

    Two statements for each grouping and two more, one more for each median or percentile; fewer as a rule.
    """
    if search.kind is not Target.TICKETS:
        raise CannotSearch("Charts are made of tickets.")
    asking = asking_of(work, search)
    measures, notes = _measures(asking, choice)
    dimensions = [dimension_of(asking, each) for each in dict.fromkeys(choice.group_by) if each.strip()]
    if not 1 <= len(dimensions) <= 2:
        raise CannotSearch("Choose one or two fields to group by.")
    asked = Statements(work, search, asking, dimensions)
    limits = (MOST_FIRST, MOST_SECOND)
    with patient(work):
        pairs = asked.pairs(limits)
        if pairs is not None:
            shown, cells = pairs
        else:
            shown = [asked.groups(each, most) for each, most in zip(dimensions, limits, strict=False)]
        if pairs is None or measures != (COUNT,) or any(each.is_cut for each in shown):
            cells = asked.cells(measures, shown)
    first = _described(dimensions[0], shown[0], [keys[0] for keys in cells])
    second = _described(dimensions[1], shown[1], [keys[1] for keys in cells]) if len(dimensions) == 2 else {}
    for dimension, picked in zip(dimensions, shown, strict=True):
        notes += _notes(dimension, picked)
    empty = (0, tuple(0 if not each.of else None for each in measures))
    rows = tuple(
        tuple(_cell(search, cells.get((key, *inner), empty), nodes) for inner, nodes in _inner(group, second))
        for key, group in first.items()
    )
    return Charted(
        measures,
        tuple(each.title for each in dimensions),
        tuple(first.values()),
        tuple(second.values()),
        rows,
        count(work, search),
        tuple(notes),
        dimensions[0].steps is not None,
        any(each.is_many for each in dimensions),
    )


def _measures(asking: Asking, choice: ChartChoice) -> tuple[tuple[Measure, ...], list[str]]:
    read = [each for text in choice.measures or ("count",) for each in read_measures(text)]
    found = list(dict.fromkeys(read))
    notes = [
        f"No lifecycle has the status {each.of.partition('.')[2]}."
        for each in found
        if not is_in_use(asking, each.of)
    ]
    if len(found) > MOST_MEASURES:
        notes.append(f"At most {MOST_MEASURES} things are measured at a time; the first of them are shown.")
    return tuple(found[:MOST_MEASURES]), notes


def _described(dimension: Dimension, shown: Shown, present: Sequence[Key | None]) -> dict[Key | None, Group]:
    """The groups by key, in order; those without anything and all others at the end, where there are any."""
    known = dimension.describe(shown.keys, shown.samples or {})
    found: dict[Key | None, Group] = {key: known[key] for key in shown.keys if key in known}
    if None in present:
        found[None] = Group(dimension.none_label, dimension.none, True)
    if dimension.rest in present:
        parts: list[Node] = []
        if dimension.steps is not None:
            parts.append(Not(dimension.steps.span(str(shown.keys[0]), str(shown.keys[-1]))[2]))
        else:
            parts.append(_none_of([group.node for key, group in found.items() if key is not None]))
        if None in present:
            parts.append(_opposite(dimension.none))
        found[dimension.rest] = Group(OTHERS, parts[0] if len(parts) == 1 else Both(tuple(parts)))
    return found


def _none_of(nodes: Sequence[Node]) -> Node:
    """What fits none of them: one list where all are about the same field."""
    terms = [each for each in nodes if isinstance(each, Term) and each.operator is Operator.EQUALS]
    if len(terms) == len(nodes) and len({(each.name, each.shallow) for each in terms}) == 1:
        values = tuple(each.value for each in terms)
        return Term(terms[0].name, Operator.NOT_IN, values, terms[0].shallow)  # type: ignore[arg-type]
    return Not(Either(tuple(nodes)) if len(nodes) > 1 else nodes[0])


def _opposite(node: Node) -> Node:
    if isinstance(node, Term) and node.operator is Operator.IS:
        return Term(node.name, Operator.IS_NOT, None, node.shallow)
    return Not(node)


def _inner(
    group: Group, second: dict[Key | None, Group]
) -> list[tuple[tuple[Key | None, ...], tuple[Node, ...]]]:
    if not second:
        return [((), (group.node,))]
    return [((key,), (group.node, each.node)) for key, each in second.items()]


def _cell(search: Search, found: Counted, nodes: tuple[Node, ...]) -> Cell:
    parts = (*((search.node,) if search.node is not None else ()), *nodes)
    return Cell(*found, parts[0] if len(parts) == 1 else Both(parts))


def _notes(dimension: Dimension, shown: Shown) -> list[str]:
    found = []
    if dimension.is_many:
        found.append(f"A ticket with several values in {dimension.title} is counted in the group of each.")
    if shown.is_cut:
        number = len(shown.keys)
        if dimension.steps is not None:
            found.append(
                f"{number} {dimension.steps.what} are shown; what lies before and after them stands together as "
                "others. Longer steps show more."
            )
        else:
            found.append(f"The {number} largest groups are shown; the rest stands together as others.")
    return found
