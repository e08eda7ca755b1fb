"""Texts and numbers of a column compared with a value."""

from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_

from rtpy.db.folding import folded
from rtpy.search.language.tree import Operator

EQUALITY = (Operator.EQUALS, Operator.DIFFERS, Operator.IN, Operator.NOT_IN)
ORDER = (Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST)
LIKES = (
    Operator.LIKE,
    Operator.NOT_LIKE,
    Operator.STARTS_WITH,
    Operator.NOT_STARTS_WITH,
    Operator.ENDS_WITH,
    Operator.NOT_ENDS_WITH,
)
EMPTINESS = (Operator.IS, Operator.IS_NOT)
TEXT = (*EQUALITY, *LIKES, *EMPTINESS)
NUMBER = (*EQUALITY, *ORDER, *LIKES)
_COMPARE = {Operator.LESS: lt, Operator.AT_MOST: le, Operator.GREATER: gt, Operator.AT_LEAST: ge}


def compare_text(column: Any, operator: Operator, value: Any) -> ColumnElement[bool]:
    """Without regard to case. A column that is NULL is like an empty one: it fits every negative operator.

    `value` is a text, a tuple of texts for IN and NOT IN, None for IS and IS NOT. Signs such as % mean themselves, but
    for those around the value of LIKE (`contained`).
    """
    if operator in EMPTINESS:
        return _is_empty(column, operator)
    if operator in (Operator.IN, Operator.NOT_IN):
        texts = [str(each).lower() for each in value]
        fits: ColumnElement[bool] = folded(column, "".join(texts)).in_(texts)
    else:
        fits = _fits(folded(column, str(value)), operator.positive, str(value).lower())
    return negated(fits, column) if operator.is_negative else fits


def compare_exactly(column: Any, operator: Operator, value: Any) -> ColumnElement[bool]:
    """The same for a column that is never NULL and holds lower case only, so that its index serves."""
    if operator in EMPTINESS:
        return _is_empty(column, operator)
    if operator in (Operator.IN, Operator.NOT_IN):
        fits: ColumnElement[bool] = column.in_([str(each).lower() for each in value])
    else:
        fits = _fits(column, operator.positive, str(value).lower())
    return ~fits if operator.is_negative else fits


def compare_number(column: Any, operator: Operator, value: Any) -> ColumnElement[bool]:
    """Numbers by their size; LIKE and its kin by their digits. `value` is a number, for these a text."""
    if operator in LIKES:
        fits = _fits(cast(column, String), operator.positive, str(value))
    elif operator in (Operator.IN, Operator.NOT_IN):
        fits = column.in_(value)
    else:
        fits = compare(column, operator.positive, value)
    return negated(fits, column) if operator.is_negative else fits


def compare(left: Any, operator: Operator, right: Any) -> ColumnElement[bool]:
    """Two values by size, or by being equal."""
    clause: ColumnElement[bool] = _COMPARE.get(operator, eq)(left, right)
    return clause


def negated(fits: ColumnElement[bool], column: Any) -> ColumnElement[bool]:
    """What does not fit, all that is NULL among it."""
    return or_(column.is_(None), ~fits) if _nullable(column) else ~fits


def is_missing(column: Any, operator: Operator) -> ColumnElement[bool]:
    """IS NULL, or for IS NOT the opposite."""
    clause: ColumnElement[bool] = column.is_(None) if operator is Operator.IS else column.is_not(None)
    return clause


def _is_empty(column: Any, operator: Operator) -> ColumnElement[bool]:
    clause: ColumnElement[bool] = column == "" if operator is Operator.IS else column != ""
    return or_(column.is_(None), clause) if operator is Operator.IS and _nullable(column) else clause


def contained(text: str) -> str:
    """What LIKE looks for: `%printer%` and `%printer` are how SQL and RT's users write "contains printer"."""
    return text.strip("%") or text if text.startswith("%") else text


def _fits(column: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    clause: ColumnElement[bool]
    match operator:
        case Operator.LIKE:
            clause = column.contains(contained(text), autoescape=True)
        case Operator.STARTS_WITH:
            clause = column.startswith(text, autoescape=True)
        case Operator.ENDS_WITH:
            clause = column.endswith(text, autoescape=True)
        case _:
            clause = column == text
    return clause


def _nullable(column: Any) -> bool:
    return bool(getattr(column, "nullable", True))
