"""A query as a tree of plain values: terms joined by AND and OR, negated by NOT."""

from dataclasses import dataclass, field
from enum import StrEnum


class Operator(StrEnum):
    """How a field is compared; the value is the text form."""

    EQUALS = "="
    DIFFERS = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    LIKE = "LIKE"
    NOT_LIKE = "NOT LIKE"
    STARTS_WITH = "STARTSWITH"
    NOT_STARTS_WITH = "NOT STARTSWITH"
    ENDS_WITH = "ENDSWITH"
    NOT_ENDS_WITH = "NOT ENDSWITH"
    IS = "IS"
    IS_NOT = "IS NOT"
    IN = "IN"
    NOT_IN = "NOT IN"

    @property
    def is_negative(self) -> bool:
        """Does it ask for what does not fit?"""
        return self in OPPOSITES.values()

    @property
    def positive(self) -> "Operator":
        """The one that it is the negation of, or itself."""
        return {no: yes for yes, no in OPPOSITES.items()}.get(self, self)


OPPOSITES = {
    Operator.EQUALS: Operator.DIFFERS,
    Operator.LIKE: Operator.NOT_LIKE,
    Operator.STARTS_WITH: Operator.NOT_STARTS_WITH,
    Operator.ENDS_WITH: Operator.NOT_ENDS_WITH,
    Operator.IS: Operator.IS_NOT,
    Operator.IN: Operator.NOT_IN,
}
"""Each positive operator with its negation."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field as it is named: `Requestor.EmailAddress` is ("Requestor", ("EmailAddress",)).

    Braces are gone: `CF.{Serial number}.Content` is ("CF", ("Serial number", "Content")). Case stays as written.
    """

    head: str
    path: tuple[str, ...] = ()


Value = str | int | Name | None
"""Text in quotes, a number, another field (a word without quotes, as in RT), or NULL."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison. IS and IS NOT have the value None, IN and NOT IN a tuple of texts and numbers.

    `shallow` (RT's SHALLOW): members of groups do not count. `column` is where it stands in the text, from 1.
    """

    name: Name
    operator: Operator
    value: Value | tuple[Value, ...]
    shallow: bool = False
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Both:
    """All of two or more parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of two or more parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not fit."""

    part: "Node"


Node = Term | Both | Either | Not
"""Any part of a query."""
