"""A kind of record: how many of its rows are read at once, and which values they show."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from rtpy.rest2.call import Call
from rtpy.rest2.searchable import Searchable
from rtpy.rest2.values import Document, Number, Ref, shown, stub

# Rows are those of each kind's own: Any.


class Kind:
    """One kind; made once. Whatever it reads it reads for all rows together."""

    name: ClassVar[str]
    """As in stubs and addresses: `queue`."""
    searchable: ClassVar[Mapping[str, Searchable]] = {}
    """What JSON searches and `orderby` may name, in RT's spelling (looked up without regard to case)."""

    def load(self, call: Call, ids: Collection[int]) -> Mapping[int, Any]:
        """Those of these rows that the caller may see, by id. A fixed number of queries."""
        raise NotImplementedError

    def ref(self, row: Any) -> Ref:
        """How others speak of it."""
        return Ref(self.name, row.id)

    def cells(self, call: Call, rows: Sequence[Any], names: Sequence[str]) -> list[Document]:
        """For each row the values of these fields, in order of `rows`: `Ref`s, moments, numbers, texts, lists of them.

        What there is no field for, or what the caller may not read, is left out. A fixed number of queries.
        """
        raise NotImplementedError

    def names(self, call: Call, row: Any) -> Sequence[str]:
        """The fields of a single record in order; those whose value is None are then left out."""
        raise NotImplementedError

    def record(self, call: Call, row: Any) -> Document:
        """A single record: its number as a number, everything that is not NULL, `fields[X]` expanded, hyperlinks."""
        names = self.names(call, row)
        cells = self.cells(call, [row], names)
        filled = {name: cells[0][name] for name in names if cells[0].get(name) is not None}
        body = {"id": row.id, **expand(call, [filled])[0]}
        return {**body, "_hyperlinks": self.hyperlinks(call, row)}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Where one may go from here; the record itself comes first."""
        return [self_link(call, self.name, row.id)]


KINDS: dict[str, Kind] = {}
"""Every kind by name, for references between them; each module adds its own when it is imported."""


def add_kind(kind: Kind) -> Kind:
    """Make it known."""
    KINDS[kind.name] = kind
    return kind


def self_link(call: Call, name: str, number: int) -> Document:
    """The first hyperlink of each record."""
    return {"ref": "self", "type": name, "id": number, "_url": f"{call.base}/{name}/{number}"}


def asked_fields(call: Call, prefix: str = "") -> tuple[str, ...]:
    """The names in the parameter `fields`, or `fields[X]` for the prefix `[X]`."""
    given = ",".join(call.all(f"fields{prefix}"))
    return tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))


def listed(call: Call, kind: Kind, rows: Sequence[Any]) -> list[Document]:
    """Items of a collection: stubs with the fields that were asked for."""
    names = asked_fields(call)
    stubs = [stub(call, kind.ref(row)) for row in rows]
    if not names:
        return stubs
    return [{**one, **more} for one, more in zip(stubs, _cells(call, kind, rows, names, ""), strict=True)]


def expand(call: Call, cells: list[Document], prefix: str = "") -> list[Document]:
    """The cells as JSON; references whose `fields[X]` were asked for with these of their own.

    One round of queries for each field and kind, however many rows there are.
    """
    found = [dict(each) for each in cells]
    is_asking = any(name.startswith("fields[") for name, _ in call.params)
    for name in dict.fromkeys(name for each in cells for name in each):
        if name == "_hyperlinks":  # written already
            for each in found:
                if name in each:
                    each[name] = _numbers_in(each[name])
            continue
        asked = asked_fields(call, f"{prefix}[{name}]") if is_asking and prefix.count("[") < 3 else ()
        if not asked:
            for each in found:
                if name in each:
                    each[name] = shown(call, each[name])
            continue
        more = _expanded(call, [each[name] for each in cells if name in each], asked, f"{prefix}[{name}]")
        for each in found:
            if name in each:
                each[name] = _filled(call, each[name], more)
    return found


def _cells(call: Call, kind: Kind, rows: Sequence[Any], names: Sequence[str], prefix: str) -> list[Document]:
    """The named fields of rows as JSON, with "" for what there is not."""
    expanded = expand(call, kind.cells(call, rows, [name for name in names if name != "id"]), prefix)
    return [
        {name: row.id if name == "id" else _in_list(name, cells.get(name)) for name in names}
        for row, cells in zip(rows, expanded, strict=True)
    ]


def _numbers_in(links: Any) -> Any:
    """Hyperlinks with their numbers as numbers."""
    match links:
        case Number():
            return links.value
        case list():
            return [_numbers_in(each) for each in links]
        case dict():
            return {name: _numbers_in(each) for name, each in links.items()}
    return links


def _in_list(name: str, value: Any) -> Any:
    """Nothing is "" in lists, no custom fields too; no custom roles are an empty object (RT)."""
    if value is None or (name == "CustomFields" and value == []):
        return {} if name == "CustomRoles" else ""
    return value


def _expanded(
    call: Call, values: Sequence[Any], asked: Sequence[str], prefix: str
) -> dict[tuple[str, int], Document]:
    if not asked:
        return {}
    wanted: dict[str, set[int]] = {}
    for ref in _refs(values):
        wanted.setdefault(ref.kind, set()).add(ref.id)
    found: dict[tuple[str, int], Document] = {}
    for name, ids in wanted.items():
        kind = KINDS.get(name)
        rows = list(kind.load(call, ids).values()) if kind else []
        if kind and rows:
            cells = _cells(call, kind, rows, asked, prefix)
            found |= {(name, row.id): each for row, each in zip(rows, cells, strict=True)}
        for missing in ids - {row.id for row in rows}:
            found[name, missing] = dict.fromkeys(asked, "")
    return found


def _refs(value: Any) -> list[Ref]:
    match value:
        case Ref():
            return [value]
        case list() | tuple():
            return [ref for each in value for ref in _refs(each)]
        case dict():
            return [ref for each in value.values() for ref in _refs(each)]
    return []


def _filled(call: Call, value: Any, more: Mapping[tuple[str, int], Document]) -> Any:
    match value:
        case Ref():
            return {**stub(call, value), **more.get((value.kind, value.id), {})}
        case list() | tuple():
            return [_filled(call, each, more) for each in value]
        case dict():
            return {name: _filled(call, each, more) for name, each in value.items()}
    return shown(call, value)
