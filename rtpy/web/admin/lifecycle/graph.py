"""A lifecycle drawn: statuses from left (where tickets begin) to right (where they end), moves as arrows, as SVG.

Colours and fonts come from the style sheet by class. The table of moves on the same page says the same in words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from rtpy.lifecycle.lifecycle import Lifecycle
from rtpy.web.html import Html

WIDE, HIGH = 132, 38
GAP_X, GAP_Y = 118, 34
MARGIN = 34
BOW = 30
LONGEST = 17
"""So many letters of a status fit into its box; the whole stands in its title."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Box:
    """A status in its place: column and row from 0, the left upper corner in pixels."""

    status: str
    column: int
    row: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Edge:
    """One move, or two that lead back and forth between the same statuses."""

    old: str
    new: str
    both: bool


def draw_lifecycle(lifecycle: Lifecycle) -> Html:
    """The picture, as wide as its columns; statuses as spelled, in lower case nowhere."""
    boxes = _place(lifecycle)
    edges = _edges(lifecycle)
    ports = _ports(boxes, edges)
    width = max(box.x + WIDE for box in boxes.values()) + MARGIN
    height = max(box.y + HIGH for box in boxes.values()) + MARGIN
    lines = [_draw_edge(lifecycle, edge, boxes, ports) for edge in edges]
    nodes = [_draw_box(lifecycle, box) for box in boxes.values()]
    name = escape(lifecycle.name)
    return Html(
        f'<svg class="lifecycle-graph" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="graph-title">'
        f'<title id="graph-title">The lifecycle {name} as a picture; the table of moves says the same.</title>'
        f"<defs>{_marker('arrow')}{_marker('arrow-back')}</defs>{''.join(lines)}{''.join(nodes)}</svg>"
    )


def _place(lifecycle: Lifecycle) -> dict[str, _Box]:
    columns = _columns(lifecycle)
    tallest = max(len(column) for column in columns)
    full = tallest * HIGH + (tallest - 1) * GAP_Y
    found = {}
    for number, column in enumerate(columns):
        top = MARGIN + (full - len(column) * HIGH - (len(column) - 1) * GAP_Y) / 2
        for row, status in enumerate(column):
            x, y = MARGIN + number * (WIDE + GAP_X), top + row * (HIGH + GAP_Y)
            found[status] = _Box(status, number, row, x, y)
    return found


def _columns(lifecycle: Lifecycle) -> list[list[str]]:
    """Initial statuses, then active ones by how many moves they are away, then inactive ones."""
    initial, active, inactive = (
        [status.lower() for status in statuses]
        for statuses in (lifecycle.initial, lifecycle.active, lifecycle.inactive)
    )
    left, layer, layers = list(active), list(initial), [initial]
    while left:
        reached = {new for old in layer for new in lifecycle.moves.get(old, ())}
        layer = [status for status in left if status in reached] or left
        left = [status for status in left if status not in layer]
        layers.append(layer)
    layers.append(inactive)
    return [layer for layer in layers if layer]


def _edges(lifecycle: Lifecycle) -> list[_Edge]:
    moves = {(old, new) for old, targets in lifecycle.moves.items() if old for new in targets}
    order = {status.lower(): place for place, status in enumerate(lifecycle.statuses)}
    found = []
    for old, new in sorted(moves, key=lambda pair: (order[pair[0]], order[pair[1]])):
        both = (new, old) in moves
        if not both or order[old] < order[new]:
            found.append(_Edge(old, new, both))
    return found


def _sides(boxes: Mapping[str, _Box], edge: _Edge) -> tuple[str, str]:
    """At which side of its two boxes an arrow begins and ends."""
    old, new = boxes[edge.old], boxes[edge.new]
    if old.column < new.column:
        return "right", "left"
    if old.column > new.column:
        return "left", "right"
    side = "right" if old.row < new.row else "left"
    return side, side


def _ports(boxes: Mapping[str, _Box], edges: list[_Edge]) -> dict[tuple[_Edge, str], Point]:
    """Where each arrow touches its boxes: spread over the side, in the order of what lies at the other end."""
    at: dict[tuple[str, str], list[tuple[float, _Edge]]] = {}
    for edge in edges:
        for status, other, side in zip(
            (edge.old, edge.new), (edge.new, edge.old), _sides(boxes, edge), strict=True
        ):
            at.setdefault((status, side), []).append((boxes[other].y, edge))
    found = {}
    for (status, side), touching in at.items():
        box = boxes[status]
        x = box.x + (WIDE if side == "right" else 0)
        for place, (_, edge) in enumerate(sorted(touching, key=lambda each: each[0])):
            found[edge, status] = (x, box.y + HIGH * (place + 1) / (len(touching) + 1))
    return found


def _draw_edge(
    lifecycle: Lifecycle,
    edge: _Edge,
    boxes: Mapping[str, _Box],
    ports: Mapping[tuple[_Edge, str], Point],
) -> str:
    (x1, y1), (x2, y2) = ports[edge, edge.old], ports[edge, edge.new]
    before, after = _controls(edge, boxes, (x1, y1), (x2, y2))
    heads = ' marker-end="url(#arrow)"' + (' marker-start="url(#arrow-back)"' if edge.both else "")
    said = escape("; ".join(_said(lifecycle, edge)))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (before, after, (x2, y2)))
    return f'<path class="lifecycle-move" d="M{x1:.1f},{y1:.1f} C{path}"{heads}><title>{said}</title></path>'


def _controls(edge: _Edge, boxes: Mapping[str, _Box], start: Point, end: Point) -> tuple[Point, Point]:
    """The two points that bend a line: sideways within a column, over or under the boxes that it passes."""
    old, new = boxes[edge.old], boxes[edge.new]
    (x1, y1), (x2, y2) = start, end
    if old.column == new.column:
        away = (BOW + 14 * abs(old.row - new.row)) * (1 if old.row < new.row else -1)
        return (x1 + away, y1), (x2 + away, y2)
    reach = (x2 - x1) * 0.45
    passed = [
        box
        for box in boxes.values()
        if min(old.column, new.column) < box.column < max(old.column, new.column)
        and min(y1, y2) - HIGH < box.y + HIGH / 2 < max(y1, y2) + HIGH
    ]
    if not passed:
        return (x1 + reach, y1), (x2 - reach, y2)
    middle = sum(box.y + HIGH / 2 for box in boxes.values()) / len(boxes)
    up = (y1 + y2) / 2 <= middle
    edge_of = min(box.y for box in passed) if up else max(box.y + HIGH for box in passed)
    bend = edge_of + (-1 if up else 1) * GAP_Y * 0.9
    return (x1 + reach * 0.7, bend), (x2 - reach * 0.7, bend)


def _said(lifecycle: Lifecycle, edge: _Edge) -> Iterator[str]:
    pairs = [(edge.old, edge.new), *([(edge.new, edge.old)] if edge.both else [])]
    for old, new in pairs:
        yield f"{lifecycle.shown(old)} to {lifecycle.shown(new)}, with the right {lifecycle.move(old, new).right}"


def _draw_box(lifecycle: Lifecycle, box: _Box) -> str:
    spelled = lifecycle.shown(box.status)
    short = spelled if len(spelled) <= LONGEST else f"{spelled[: LONGEST - 1]}…"
    category = lifecycle.category(box.status).value
    start = ""
    if lifecycle.may_create(box.status):
        size = 6 if box.status == lifecycle.on_create else 4
        start = f'<circle class="lifecycle-start" cx="{box.x + 10:.1f}" cy="{box.y:.1f}" r="{size}"/>'
    return (
        f'<g class="lifecycle-status is-{category}"><title>{escape(spelled)} ({category})</title>'
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{WIDE}" height="{HIGH}" rx="8"/>{start}'
        f'<text x="{box.x + WIDE / 2:.1f}" y="{box.y + HIGH / 2:.1f}">{escape(short)}</text></g>'
    )


def _marker(name: str) -> str:
    return (
        f'<marker id="{name}" class="lifecycle-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="{"auto-start-reverse" if name.endswith("back") else "auto"}">'
        '<path d="M0,0.6 L8,4 L0,7.4 Z"/></marker>'
    )
