"""Kinds whose fields are read one by one, each for all rows together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rtpy.rest2.call import Call
from rtpy.rest2.kind import Kind
from rtpy.rest2.principals import user_refs
from rtpy.rest2.values import Document

# Rows are those of each kind's own: Any.
Reader = Callable[[Call, Sequence[Any]], Sequence[Any]]
"""The values of one field, in order of the rows; None where there is none. A fixed number of queries."""

LINKS = "_hyperlinks"


class FieldKind(Kind):
    """One kind; its `fields` in the order in which a record shows them."""

    fields: ClassVar[Mapping[str, Reader]]
    only_asked: ClassVar[frozenset[str]] = frozenset()
    """Fields that only lists show, where they are asked for."""
    for_staff: ClassVar[frozenset[str]] = frozenset()
    """Fields that customers do not read, whatever rights they hold: the pages do not show them either."""

    def names(self, call: Call, row: Any) -> Sequence[str]:
        """All that the caller may read, but for those of lists alone."""
        wanted = [name for name in self.fields if name not in self.only_asked]
        return [name for name in wanted if self._is_readable(call, name)]

    def cells(self, call: Call, rows: Sequence[Any], names: Sequence[str]) -> list[Document]:
        """So many queries as the readers of these fields take."""
        known = [name for name in names if name in self.fields and self._is_readable(call, name)]
        read = {name: self.fields[name](call, rows) for name in known}
        if LINKS in names and LINKS not in read:
            read[LINKS] = self.hyperlinks_of(call, rows)
        return [{name: values[at] for name, values in read.items()} for at in range(len(rows))]

    def hyperlinks_of(self, call: Call, rows: Sequence[Any]) -> list[list[Document]]:
        """Those of each row; who has to ask for them asks for all together first."""
        return [self.hyperlinks(call, row) for row in rows]

    def _is_readable(self, call: Call, name: str) -> bool:
        return call.login.is_privileged or name not in self.for_staff


def column(name: str) -> Reader:
    """A column of the row as it is."""
    return lambda _call, rows: [getattr(row, name) for row in rows]


def filled_column(name: str) -> Reader:
    """A column that is not shown while it is empty: in RT it is NULL then."""
    return lambda _call, rows: [getattr(row, name) or None for row in rows]


def always(value: Any) -> Reader:
    """The same for every row: what RT keeps of each and we do not."""
    return lambda _call, rows: [value for _ in rows]


def person(name: str) -> Reader:
    """The user whose number stands in a column. One query for all."""

    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        refs = user_refs(call, {getattr(row, name) for row in rows})
        return [refs.get(getattr(row, name)) for row in rows]

    return read
