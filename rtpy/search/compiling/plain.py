"""Fields that are a column of the searched table: texts, numbers, words of a fixed set."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func

from rtpy.search.compiling.text import (
    EQUALITY,
    LIKES,
    NUMBER,
    TEXT,
    compare_exactly,
    compare_number,
    compare_text,
)
from rtpy.search.compiling.values import need_no_part, number_of, values_of
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

Order = Callable[[Asking, tuple[str, ...]], Sequence[ColumnElement[Any]]]


def text_field(name: str, column: Any, help: str, *aliases: str) -> SearchField:
    """A text, compared and sorted without regard to case; one that is empty is NULL."""

    def clause(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        return compare_text(column, term.operator, term.value)

    return SearchField(
        name, Kind.TEXT, TEXT, clause, help, order=_by(func.lower(column)), column=column, aliases=aliases
    )


def number_field(name: str, column: Any, help: str, *aliases: str, unit: str = "") -> SearchField:
    """A whole number."""

    def clause(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        return compare_number(column, term.operator, numbers_of(term))

    said = f"{help} In {unit}." if unit else help
    return SearchField(
        name, Kind.NUMBER, NUMBER, clause, said, order=_by(column), column=column, aliases=aliases
    )


def word_field(
    name: str,
    column: Any,
    help: str,
    choices: Callable[[Asking], Sequence[str]] | None = None,
) -> SearchField:
    """A word of a small set, stored in lower case."""

    def clause(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        return compare_exactly(column, term.operator, term.value)

    return SearchField(
        name,
        Kind.CHOICE,
        (*EQUALITY, *LIKES),
        clause,
        help,
        choices=choices,
        order=_by(column),
        column=column,
    )


def numbers_of(term: Term) -> object:
    """The value of a term about numbers, ready for `compare_number`."""
    if term.operator in LIKES:
        return term.value
    if term.operator in (Operator.IN, Operator.NOT_IN):
        return [number_of(each, term.name.head) for each in values_of(term)]
    return number_of(term.value, term.name.head)


def _by(element: ColumnElement[Any]) -> Order:
    def order(_asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        return () if path else (element,)

    return order
