"""The builder as the page draws it: lines of conditions and groups, chosen columns, the order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.rights.sharing import SAVED_SEARCHES
from rtpy.search.building import ROOT, Group, Row
from rtpy.search.columns.format import read_format
from rtpy.search.fields.field import Kind
from rtpy.search.language.tree import Operator
from rtpy.search.saved import BOARD
from rtpy.web.forms import Option
from rtpy.web.staff.search.asked import ROWS, Asked, parameters
from rtpy.web.staff.search.offered import (
    WORDS,
    Choices,
    offered_choices,
    offered_columns,
    offered_fields,
    offered_orders,
)
from rtpy.web.staff.search.sharing import ME, owner_options

BLANK_COLUMNS = 3
MOST_ORDERS = 3
NEW_LINE = "NEWLINE"
JOINS = (
    ("all", "all of these"),
    ("any", "any of these"),
    ("not all", "not all of these"),
    ("not any", "none of these"),
)
DAYS = frozenset(
    each.value
    for each in (
        Operator.EQUALS,
        Operator.DIFFERS,
        Operator.LESS,
        Operator.AT_MOST,
        Operator.GREATER,
        Operator.AT_LEAST,
    )
)
"""Operators that compare with a day."""
OF_FORM = ("Format", "OrderBy", "Order", "Rows", "show", "by", "Page")
"""Parameters that the form of columns sets; others it carries along."""


@dataclass(frozen=True, slots=True)
class BuilderLine:
    """One line of the builder: a condition (`row`), or the head of a group (`joins`); `depth` is how far in it is."""

    place: str
    depth: int
    label: str
    row: Row | None = None
    joins: tuple[Option, ...] = ()
    fields: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    operators: tuple[Option, ...] = ()
    list_id: str = ""
    help: str = ""
    input_mode: str = "text"
    takes_value: bool = True
    takes_day: bool = False
    """A day can be picked from a calendar."""


def build_values(request: Request, asked: Asked, group: Group) -> dict[str, object]:
    """What the template needs for the builder, the columns and the order. One query."""
    choices, fields = offered_choices(request, asked.kind), offered_fields(request, asked.kind)
    lines = tuple(_lines(group, ROOT, 0, fields, choices))
    used = {line.list_id for line in lines}
    return {
        "builder": lines,
        "lists": [(name, values) for name, values in choices.lists.items() if name in used],
        "columns_chosen": _columns(request, asked),
        "orders_chosen": _orders(request, asked),
        "rows_offered": [
            Option(str(each), str(each), each == asked.content.rows)
            for each in sorted({*ROWS, asked.content.rows})
        ],
        "carried": [(name, value) for name, value in parameters(asked) if name not in OF_FORM],
        "kept": [
            (name, value) for name, value in parameters(asked) if name not in ("Query", "Precedence", "q")
        ],
        "kept_in_builder": parameters(asked, Query=None),
        "saved_as": [(name, value) for name, value in parameters(asked) if name != "q"],
        "owners": owner_options(request, SAVED_SEARCHES, asked.saved.owner_id if asked.saved else ME),
        "kept_in_board": [(name, value) for name, value in parameters(asked) if name != "by"],
        "board_by": asked.content.board_by if asked.content.show_as == BOARD else "",
    }


def _lines(
    group: Group, place: str, depth: int, fields: Sequence[tuple[str, tuple[str, ...]]], choices: Choices
) -> Iterator[BuilderLine]:
    present = ("not " if group.negated else "") + ("any" if group.any_of else "all")
    joins = tuple(Option(value, label, value == present) for value, label in JOINS)
    where = "The whole search" if place == ROOT else f"Group {place.removeprefix(f'{ROOT}.')}"
    yield BuilderLine(place, depth, where, joins=joins)
    for at, part in enumerate(group.parts):
        here = f"{place}.{at}"
        if isinstance(part, Group):
            yield from _lines(part, here, depth + 1, fields, choices)
        else:
            yield _line(part, here, depth + 1, fields, choices)


def _line(
    row: Row, place: str, depth: int, fields: Sequence[tuple[str, tuple[str, ...]]], choices: Choices
) -> BuilderLine:
    offered = []
    is_known = not row.field
    for heading, names in fields:
        options = tuple(Option(name, name, name.lower() == row.field.lower()) for name in names)
        is_known = is_known or any(option.selected for option in options)
        offered.append((heading, options))
    if not is_known:
        offered.insert(0, ("As written", (Option(row.field, row.field, True),)))
    kind = choices.kind_of(row.field)
    return BuilderLine(
        place,
        depth,
        f"Condition {place.removeprefix(f'{ROOT}.')}",
        row=row,
        fields=tuple(offered),
        operators=tuple(Option(each.value, WORDS[each], each.value == row.operator) for each in Operator),
        list_id=choices.list_of(row.field) if not row.is_written else "",
        help=choices.help_of(row.field),
        input_mode="numeric" if kind == Kind.NUMBER else "text",
        takes_value=row.operator not in (Operator.IS, Operator.IS_NOT),
        takes_day=row.operator in DAYS and not row.is_written and choices.takes_day(row.field),
    )


def _columns(request: Request, asked: Asked) -> list[tuple[Option, ...]]:
    """For each place the columns to choose from; some empty places at the end."""
    offered = offered_columns(request, asked.kind)
    wanted: list[str] = []
    for at, line in enumerate(read_format(asked.format) if not asked.format_problem else ()):
        wanted.extend([NEW_LINE] if at else [])
        wanted.extend(cell.name or "NBSP" for cell in line.cells)
    places = []
    for name in (*wanted, *("",) * BLANK_COLUMNS):
        known = [
            Option("", "—", not name),
            Option(NEW_LINE, "(new line)", name == NEW_LINE),
            Option("NBSP", "(empty)", name == "NBSP"),
        ]
        known += [Option(each, f"{title} ({each})", each.lower() == name.lower()) for each, title in offered]
        if not any(option.selected for option in known):
            known.insert(1, Option(name, name, True))
        places.append(tuple(known))
    return places


def _orders(request: Request, asked: Asked) -> list[tuple[tuple[Option, ...], bool]]:
    """For each place the fields to sort by, and whether downwards."""
    offered = offered_orders(request, asked.kind)
    places = []
    for at in range(max(MOST_ORDERS, len(asked.content.order))):
        name, way = asked.content.order[at] if at < len(asked.content.order) else ("", "ASC")
        options = [
            Option("", "—", not name),
            *(Option(each, each, each.lower() == name.lower()) for each in offered),
        ]
        if not any(option.selected for option in options):
            options.insert(1, Option(name, name, True))
        places.append((tuple(options), way == "DESC"))
    return places
