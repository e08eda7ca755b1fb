"""By what tickets are grouped: the key of each group in SQL, its words, and the query that finds its tickets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from rtpy.search.language.tree import Name, Node, Operator, Term, Value

Key = int | str
"""What the tickets of one group have in common, as the database says it."""
NOTHING = "(nothing)"
OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its label, and the condition that finds just its tickets among those of the search."""

    label: str
    node: Node
    is_nothing: bool = False
    """Is it that of the tickets that have no value?"""


class Steps(Protocol):
    """Points in time that follow each other; see `dates.py`."""

    @property
    def column(self) -> Any:
        """The column with the date."""
        ...

    @property
    def what(self) -> str:
        """Several of them in words: days."""
        ...

    def key_of(self, moment: datetime) -> str:
        """The step in which a moment lies."""
        ...

    def slots(self, first: str, last: str, most: int) -> list[str]:
        """All steps from the first to the last, or as many as there may be, near now."""
        ...

    def span(self, first: str, last: str) -> tuple[datetime, datetime, Node]:
        """Where they begin and end, and the condition that means just that."""
        ...


@dataclass(frozen=True, slots=True)
class Dimension:
    """What tickets are grouped by.

    `key` is an expression over the tickets; where a ticket can be in several groups it is one over `rows`, which are
    joined by `on`, each key of a ticket once. NULL is nothing, which the condition `none` finds. `describe` gives the
    groups of keys, with a text that stands for each (`sample`) where keys are folded; at most one query. `order`
    sorts the groups; without it the largest comes first. `fixed` are keys that are shown even where nothing is in
    them. `steps` are those of a date.
    """

    title: str
    key: ColumnElement[Any]
    describe: Callable[[Sequence[Key], Mapping[Key, str]], Mapping[Key, Group]]
    none: Node
    is_text: bool = False
    rows: Any = None
    on: ColumnElement[bool] | None = None
    sample: ColumnElement[Any] | None = None
    order: Callable[[Key], Any] | None = None
    fixed: tuple[Key, ...] = ()
    steps: Steps | None = None
    none_label: str = NOTHING

    @property
    def is_many(self) -> bool:
        """Can a ticket be in several groups?"""
        return self.rows is not None

    @property
    def rest(self) -> Key:
        """The key of what is in none of the groups that are shown."""
        return "\x02" if self.is_text else -(2**53)


def equals(name: Name, value: Value, *, shallow: bool = False) -> Term:
    """The condition that a field has a value."""
    return Term(name, Operator.EQUALS, value, shallow)


def is_null(name: Name, *, shallow: bool = False) -> Term:
    """The condition that a field has none."""
    return Term(name, Operator.IS, None, shallow)
