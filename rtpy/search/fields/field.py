"""A field of the query language: its name, what may be asked of it, and how it becomes SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Select

from rtpy.errors import RtpyError
from rtpy.search.language.tree import Name, Operator, Term
from rtpy.work import Work


class Kind(StrEnum):
    """What a field holds; the builder chooses its widget by it."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    STATUS = "status"
    QUEUE = "queue"
    USER = "user"
    ROLE = "role"
    GROUP = "group"
    LINK = "link"
    CUSTOM_FIELD = "custom_field"
    MESSAGE = "message"
    CHOICE = "choice"


class CannotSearch(RtpyError):
    """A term that cannot be answered; `column` is where it stands in the text, from 1 (0: not known)."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and about what: all that the compiling of one query needs besides its tree.

    `zone` is that in which days are meant. `selected_user_id` stands for `__SelectedUser__`.
    """

    work: Work
    zone: ZoneInfo
    selected_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison of two fields: its `value`, which exists for each row of `rows` (None: just one).

    `sort` says what can be compared with it: number, text, date.
    """

    value: ColumnElement[Any]
    sort: str
    rows: Select[Any] | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A table with at most one row for each searched one, and an index over (`value`, `owner`).

    `owner` is the number of the searched row, `value` what is sorted by; rows may lack it.
    """

    table: FromClause
    owner: ColumnElement[int]
    value: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class SearchField:
    """One field that queries may name.

    `compile` makes a clause over the searched table of one term; its operator is one of `operators`. It raises
    CannotSearch for a value or a sub-key that does not fit. `order` gives what to sort by for a path of sub-keys,
    None: not sortable. `column` is the plain column, for comparing fields with each other and for grouping.
    """

    name: str
    kind: Kind
    operators: tuple[Operator, ...]
    compile: Callable[[Asking, Term], ColumnElement[bool]]
    help: str = ""
    """One sentence for the builder."""
    sub_keys: tuple[str, ...] = ()
    """What may follow a dot, as the builder offers it."""
    choices: Callable[[Asking], Sequence[str]] | None = None
    """The values to choose from, where there are few."""
    order: Callable[[Asking, tuple[str, ...]], Sequence[ColumnElement[Any]]] | None = None
    column: ColumnElement[Any] | None = None
    aliases: tuple[str, ...] = ()
    operand: Callable[[Asking, Name], Operand] | None = None
    """What stands for it where fields are compared with each other; without it, its `column`."""
    ranked: Callable[[Asking], Ranked | None] | None = None
    """For tickets sorted by this field alone: where to read them in that order, instead of sorting all of them."""
    together: Callable[[Asking, Sequence[Term]], ColumnElement[bool]] | None = None
    """For fields about one of many rows: a clause for all terms of one AND that the same row must fit."""


Fields = Mapping[str, SearchField]
"""Fields by their names and aliases in lower case."""
