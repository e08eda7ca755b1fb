"""A query as rows of a form and back: what the builder of the search page shows. Pure.

A group holds rows and further groups; it is true where all of its parts are, or any, and NOT turns that round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rtpy.search.language.error import QueryError
from rtpy.search.language.parser import parse
from rtpy.search.language.printer import show_name, show_value
from rtpy.search.language.tree import OPPOSITES, Both, Either, Node, Not, Operator, Term

MOST_PARTS = 200
DEEPEST = 12
ROOT = "r"


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as it stands in three fields of a form.

    With `is_written` the value is in the language itself: a list, another field, NULL; else it is the plain text.
    """

    field: str = ""
    operator: str = Operator.EQUALS.value
    value: str = ""
    is_written: bool = False
    is_shallow: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows and groups of which all, or (`any_of`) at least one must fit; with `negated` it is what does not."""

    parts: tuple["Row | Group", ...] = ()
    any_of: bool = False
    negated: bool = False


def as_group(node: Node | None) -> Group:
    """The tree as rows; the outermost is always a group."""
    if node is None:
        return Group()
    part = _part(node)
    return part if isinstance(part, Group) else Group((part,))


def as_query(group: Group) -> str:
    """The rows as text of the language, rows without a field left out; empty when nothing is left.

    What stands in a row that is written in the language is taken as it is: whether it makes sense is told by `parse`.
    """
    return _joined(group)


def read_form(given: Mapping[str, str]) -> Group:
    """The rows that a form sent: `r.0.field`, `r.0.op`, `r.0.value`, `r.1.join`, … Anything else is ignored.

    A day that was picked (`r.0.day`) goes before the value that was there.
    """
    children: dict[str, list[tuple[int, str]]] = {}
    for name in given:
        place, dot, what = name.rpartition(".")
        if dot and what in ("field", "join") and place.startswith(f"{ROOT}."):
            above, _, number = place.rpartition(".")
            if number.isascii() and number.isdigit() and len(number) < 4 and place.count(".") <= DEEPEST:
                children.setdefault(above, []).append((int(number), place))
    return _read_group(given, children, ROOT)


def added(group: Group, place: str, part: Row | Group) -> Group:
    """The same with one more part at the end of the group at `place` (`r`, `r.2`)."""
    return _changed(group, _path(place), lambda found: _with(found, part))


def removed(group: Group, place: str) -> Group:
    """The same without the row or group at `place`; a group that becomes empty goes too."""
    path = _path(place)
    if not path:
        return Group()
    return _without(group, path)


def count_parts(group: Group) -> int:
    """How many rows and groups there are in all."""
    return sum(1 + (count_parts(part) if isinstance(part, Group) else 0) for part in group.parts)


def _part(node: Node) -> Row | Group:
    match node:
        case Term():
            return _row(node)
        case Not():
            return _opposite(node.part)
        case Both():
            return Group(tuple(map(_part, node.parts)))
        case Either():
            return Group(tuple(map(_part, node.parts)), any_of=True)


def _opposite(node: Node) -> Row | Group:
    part = _part(node)
    if isinstance(part, Group):
        return Group(part.parts, part.any_of, not part.negated)
    opposite = {yes.value: no.value for yes, no in OPPOSITES.items()}
    if part.operator in opposite and not part.is_shallow:
        return Row(part.field, opposite[part.operator], part.value, part.is_written)
    return Group((part,), negated=True)


def _row(term: Term) -> Row:
    plain = isinstance(term.value, str | int)
    value = str(term.value) if plain else _written(term)
    return Row(show_name(term.name), term.operator.value, value, not plain, term.shallow)


def _written(term: Term) -> str:
    if term.value is None:
        return ""
    if isinstance(term.value, tuple):
        return ", ".join(map(show_value, term.value))
    return show_value(term.value)


def _joined(group: Group) -> str:
    pieces = []
    for part in group.parts:
        if isinstance(part, Row):
            pieces.append(_said(part))
        else:
            inner = _joined(part)
            pieces.append(f"({inner})" if inner and not part.negated else inner)
    said = (" OR " if group.any_of else " AND ").join(piece for piece in pieces if piece)
    return f"NOT ({said})" if group.negated and said else said


def _said(row: Row) -> str:
    field = row.field.strip()
    if not field:
        return ""
    shallow = " SHALLOW" if row.is_shallow else ""
    if row.operator in (Operator.IS, Operator.IS_NOT):
        return f"{field}{shallow} {row.operator} NULL"
    if row.operator in (Operator.IN, Operator.NOT_IN):
        listed = (
            row.value
            if row.is_written and _reads(f"{field} {row.operator} ({row.value})")
            else _listed(row.value)
        )
        return f"{field}{shallow} {row.operator} ({listed})"
    value = (
        row.value if row.is_written and _reads(f"{field} {row.operator} {row.value}") else _plain(row.value)
    )
    return f"{field}{shallow} {row.operator} {value}"


def _listed(value: str) -> str:
    """Values between commas, as people type them."""
    return ", ".join(_plain(each.strip().strip("'\"")) for each in value.split(",") if each.strip())


def _plain(value: str) -> str:
    """Numbers without quotes, as RT's users write them."""
    is_number = value.isascii() and value.isdigit() and len(value) < 19 and str(int(value)) == value
    return value if is_number else show_value(value)


def _reads(text: str) -> bool:
    """Is it one condition? Else what was typed is no piece of the language but a plain text."""
    try:
        return isinstance(parse(text).node, Term)
    except QueryError:
        return False


def _read_group(given: Mapping[str, str], children: Mapping[str, list[tuple[int, str]]], place: str) -> Group:
    parts: list[Row | Group] = []
    for _, child in sorted(children.get(place, ())):
        if f"{child}.join" in given:
            parts.append(_read_group(given, children, child))
        else:
            parts.append(
                Row(
                    given.get(f"{child}.field", ""),
                    given.get(f"{child}.op", Operator.EQUALS.value),
                    given.get(f"{child}.day") or given.get(f"{child}.value", ""),
                    given.get(f"{child}.written") == "1",
                    given.get(f"{child}.shallow") == "1",
                )
            )
        if len(parts) >= MOST_PARTS:
            break
    join = given.get(f"{place}.join", "all")
    return Group(tuple(parts), join in ("any", "not any"), join.startswith("not"))


def _path(place: str) -> tuple[int, ...]:
    head, *rest = place.split(".")
    if head != ROOT or not all(each.isascii() and each.isdigit() and len(each) < 4 for each in rest):
        return ()
    return tuple(map(int, rest))


def _changed(group: Group, path: tuple[int, ...], change: Callable[[Group], Group]) -> Group:
    if not path:
        return change(group)
    first, *rest = path
    parts = tuple(
        _changed(part, tuple(rest), change) if at == first and isinstance(part, Group) else part
        for at, part in enumerate(group.parts)
    )
    return replace(group, parts=parts)


def _with(group: Group, part: Row | Group) -> Group:
    return replace(group, parts=(*group.parts, part))


def _without(group: Group, path: tuple[int, ...]) -> Group:
    first, *rest = path
    parts: list[Row | Group] = []
    for at, part in enumerate(group.parts):
        if at != first:
            parts.append(part)
        elif rest and isinstance(part, Group):
            left = _without(part, tuple(rest))
            if left.parts:
                parts.append(left)
    return replace(group, parts=tuple(parts))
