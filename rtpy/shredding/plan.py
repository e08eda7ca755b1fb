"""What shredding would do: the rows that go, table by table, and the columns of others that let go of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Select, Table, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from rtpy.db.base import Base, table_of
from rtpy.models import Blob

SOME = 400
"""Keys in one statement."""

Key = tuple[Any, ...]
"""The values of a primary key, in its order."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of a plan for people: so many rows of a table, with about so many bytes."""

    table: str
    rows: int
    bytes: int


@dataclass(slots=True)
class Plan:
    """Rows that are to go, and what other rows forget of them. Nothing is written while it is put together.

    What points at a row by a foreign key waits for its lock, and every change of a ticket waits for the ticket's. So
    whatever hangs on a row is either seen by those who look after it was locked, or comes to nothing.
    """

    db: Session
    kind: str
    """What was asked for: ticket, user or attachment."""
    locks: bool = True
    """Whether rows that go or change are locked when they are found: nobody writes them or points at them then."""
    replacement: int | None = None
    """The id of the person who takes the place of one that goes."""
    nobody: int | None = None
    """The id of Nobody, who owns what nobody owns."""
    rows: dict[Table, set[Key]] = field(default_factory=dict)
    fresh: dict[Table, set[Key]] = field(default_factory=dict)
    """Those of `rows` that nobody has asked yet what points at them."""
    changed: dict[tuple[Table, str], dict[Key, tuple[Any, Any]]] = field(default_factory=dict)
    """By table and column: of rows that stay, the value before and after."""
    emptied: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By id the rows that take the place of attachments that go, without their bytes."""
    problems: list[str] = field(default_factory=list)
    afterwards: dict[str, Callable[[], None]] = field(default_factory=dict)
    """By name: what is done in the same transaction once the rows are gone, such as adding something up again."""

    def take(self, model: type[Base] | Table, *where: ColumnElement[bool]) -> int:
        """Let the rows of `model` go that all of `where` holds for; says how many of them are new to the plan."""
        table = model if isinstance(model, Table) else table_of(model)
        known = self.rows.setdefault(table, set())
        query = select(*table.primary_key).where(*where)
        if table is not table_of(Blob):  # bytes are many's: they are locked when they are deleted
            query = self._locked(query, table)
        found = {tuple(row) for row in self.db.connection().execute(query)}
        new = found - known
        known |= new
        self.fresh.setdefault(table, set()).update(new)
        return len(new)

    def take_all(
        self, model: type[Base] | Table, column: Any, values: Iterable[Any], *where: ColumnElement[bool]
    ) -> int:
        """The same for rows whose `column` is one of `values`, however many these are."""
        return sum(self.take(model, column.in_(some), *where) for some in portions(values))

    def change(self, table: Table, column: str, values: Iterable[Any], to: Any) -> None:
        """Let rows that hold one of `values` in `column` hold `to` instead, unless they go themselves."""
        noted = self.changed.setdefault((table, column), {})
        for some in portions(values):
            query = select(*table.primary_key, table.c[column]).where(table.c[column].in_(some))
            for *key, old in self.db.connection().execute(self._locked(query, table)):
                noted[tuple(key)] = (old, to)

    def _locked(self, query: Select[Any], table: Table) -> Select[Any]:
        """In the order of the keys, so that two of these never wait for each other."""
        return query.order_by(*table.primary_key).with_for_update() if self.locks else query

    def refuse(self, sentence: str) -> None:
        """Say why this cannot be shredded: a whole sentence. The others are told with it."""
        if sentence not in self.problems:
            self.problems.append(sentence)

    def ids(self, model: type[Base] | Table) -> list[int]:
        """The ids of the rows of `model` that go, of tables with one number as key."""
        table = model if isinstance(model, Table) else table_of(model)
        return sorted(key[0] for key in self.rows.get(table, ()))

    def clauses(self, model: type[Base] | Table, size: int = SOME) -> Iterator[ColumnElement[bool]]:
        """Clauses that together hold for the rows of `model` that go."""
        table = model if isinstance(model, Table) else table_of(model)
        return among_keys(table, self.rows.get(table, ()), size)

    def tables(self) -> list[Table]:
        """The tables of which rows go; what others point at stands before them."""
        return [table for table in Base.metadata.sorted_tables if self.rows.get(table)]

    def settle(self) -> None:
        """Forget changes of rows that go themselves."""
        for (table, column), noted in list(self.changed.items()):
            for key in noted.keys() & self.rows.get(table, set()):
                del noted[key]
            if not noted:
                del self.changed[table, column]

    def summary(self) -> list[Planned]:
        """How many rows of which tables go, with the bytes of their texts and files. A query or more a table."""
        return [Planned(table.name, len(self.rows[table]), self._size(table)) for table in self.tables()]

    def _size(self, table: Table) -> int:
        long = [column for column in table.c if isinstance(_plain(column), String | LargeBinary)]
        if not long:
            return 0
        total = sum((func.coalesce(func.length(column), 0) for column in long[1:]), _length(long[0]))
        asked = select(func.coalesce(func.sum(total), 0))
        connection = self.db.connection()
        return sum(int(connection.scalar(asked.where(which)) or 0) for which in self.clauses(table))


def _length(column: Column[Any]) -> ColumnElement[int]:
    return func.coalesce(func.length(column), 0)


def _plain(column: Column[Any]) -> Any:
    return getattr(column.type, "impl", column.type)


def portions(values: Iterable[Any], size: int = SOME) -> Iterator[list[Any]]:
    """Lists of at most `size` of them, in order."""
    every = sorted(values)
    return (every[start : start + size] for start in range(0, len(every), size))


def among_keys(table: Table, keys: Iterable[Key], size: int = SOME) -> Iterator[ColumnElement[bool]]:
    """Clauses that together hold for the rows with these keys."""
    columns = list(table.primary_key)
    for some in portions(keys, size):
        if len(columns) == 1:
            yield columns[0].in_([key[0] for key in some])
        else:
            yield tuple_(*columns).in_(some)


def children_of(table: Table) -> list[Column[Any]]:
    """The columns of all tables that point at `table`."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        for key in sorted(other.foreign_keys, key=lambda each: each.parent.name)
        if key.column.table is table
    ]
