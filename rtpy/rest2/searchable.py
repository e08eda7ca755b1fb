"""Columns that JSON searches may name, and how a condition on one becomes a clause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, not_, or_

from rtpy.db.folding import folded
from rtpy.rest2.call import Call
from rtpy.rest2.problem import Problem

LARGEST = 2**63 - 1
MOST_CONDITIONS, MOST_VALUES = 200, 500
LONGEST = 10_000
"""Characters of a value: SQLite takes no pattern that is longer than 50,000 bytes."""


class Holds(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Searchable:
    """A column (or expression) with what it holds; `empty` is what stands there for nothing, when that is not NULL.

    `find` turns a name given as a value into a number: queues, users.
    """

    column: Any
    holds: Holds = Holds.TEXT
    find: Callable[[Call, str], int | None] | None = None
    empty: str | None = ""


OPERATORS = (
    "=", "!=", "<", ">", "<=", ">=", "LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH", "NOT STARTSWITH",
    "NOT ENDSWITH", "IS", "IS NOT", "IN", "NOT IN",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of a JSON search."""

    field: str
    operator: str
    value: Any
    case_sensitive: bool = False
    aggregator: str = ""


def read_conditions(document: list[Any]) -> list[Condition]:
    """The entries of a search; those without field or value are none. Raises Problem 400."""
    if len(document) > MOST_CONDITIONS:
        raise Problem(
            400, f"A search may have {MOST_CONDITIONS} conditions; put values of one field into a list"
        )
    listed = (
        len(each["value"])
        for each in document
        if isinstance(each, dict) and isinstance(each.get("value"), list)
    )
    if sum(listed) > 4 * MOST_VALUES:
        raise Problem(400, f"A search may name {4 * MOST_VALUES} values")
    found = []
    for entry in document:
        if not isinstance(entry, dict):
            raise Problem(400, "Each element of a search must be an object with field and value")
        if not isinstance(entry.get("field"), str) or "value" not in entry:
            continue
        operator = str(entry.get("operator") or "=").strip().upper()
        if operator not in OPERATORS:
            raise Problem(
                400, f"Unknown operator '{operator[:20]}' in the condition on {entry['field'][:60]}"
            )
        found.append(
            Condition(
                entry["field"].strip(),
                operator,
                entry["value"],
                bool(entry.get("case_sensitive")) and entry.get("case_sensitive") != "0",
                str(entry.get("entry_aggregator") or "").upper(),
            )
        )
    return found


def clause_of(call: Call, field: Searchable, condition: Condition) -> ColumnElement[bool]:
    """The clause of one condition. Raises Problem 400 for values that the column cannot be compared with."""
    operator, value = condition.operator, condition.value
    if operator in ("IS", "IS NOT"):
        nothing = field.column.is_(None)
        if field.empty is not None and field.holds is Holds.TEXT:
            nothing = or_(nothing, field.column == field.empty)
        return nothing if operator == "IS" else not_(nothing)
    if operator in ("IN", "NOT IN"):
        values = value if isinstance(value, list) else [value]
        if len(values) > MOST_VALUES:
            raise Problem(400, f"{condition.field[:60]} may be one of {MOST_VALUES} values at most")
        inside = _among(call, field, condition, [_plain(condition, each) for each in values])
        return inside if operator == "IN" else not_(inside)
    return _compare(call, field, condition, operator, _plain(condition, value))


def _plain(condition: Condition, value: Any) -> Any:
    """The value, if it is one. Raises Problem 400 for lists, objects, and texts that no pattern may be as long as."""
    if isinstance(value, list | dict):
        raise Problem(400, f"The value of {condition.field[:60]} must be a text or a number")
    if isinstance(value, str) and len(value) > LONGEST:
        raise Problem(400, f"The value of {condition.field[:60]} is longer than {LONGEST:,} characters")
    return value


def _text(value: Any) -> str:
    text = str("" if value is None else int(value) if isinstance(value, bool) else value).replace("\x00", "")
    return text.encode("utf-8", "replace").decode()


_TEXTS: Mapping[str, str] = {"LIKE": "contains", "STARTSWITH": "startswith", "ENDSWITH": "endswith"}


def _compare(
    call: Call, field: Searchable, condition: Condition, operator: str, value: Any
) -> ColumnElement[bool]:
    text = _text(value)
    method = _TEXTS.get(operator.removeprefix("NOT "))
    if method:
        if field.holds is not Holds.TEXT:
            return _like_of_number(field, operator, text)
        left, right = _both(field, condition, text)
        found: ColumnElement[bool] = getattr(left, method)(right, autoescape=True)
        return not_(found) if operator.startswith("NOT ") else found
    if field.holds is Holds.FLAG and operator not in ("=", "!="):
        raise Problem(400, f"{condition.field[:60]} is 1 or 0: it is compared with = or !=")
    if field.holds is Holds.TEXT:
        left, right = _both(field, condition, text)
    else:
        left, right = field.column, _other(call, field, condition, text)
    match operator:
        case "=":
            return left == right
        case "!=":
            return and_(left != right) if field.empty is not None else or_(left != right, left.is_(None))
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
    return left >= right


def _among(call: Call, field: Searchable, condition: Condition, values: list[Any]) -> ColumnElement[bool]:
    """One of them, written flat: databases take lists that are long, but nothing that is deep."""
    texts = [_text(each) for each in values]
    if field.holds is Holds.TEXT:
        column = _both(field, condition, "".join(texts))[0]
        wanted: list[Any] = [_both(field, condition, each)[1] for each in texts]
    else:
        column, wanted = field.column, [_other(call, field, condition, each) for each in texts]
    found: ColumnElement[bool] = column.in_(wanted)
    return found


def _both(field: Searchable, condition: Condition, text: str) -> tuple[Any, str]:
    """Column and text as they are compared: without regard to case unless asked for."""
    return (field.column, text) if condition.case_sensitive else (folded(field.column, text), text.lower())


def _like_of_number(field: Searchable, operator: str, text: str) -> ColumnElement[bool]:
    """RT's `LIKE %` on a number means all; digits are looked for in the digits."""
    pattern = cast(field.column, String)
    found = pattern.like("%") if text.strip("%") == "" else pattern.contains(text.strip("%"), autoescape=True)
    return not_(found) if operator.startswith("NOT ") else found


def _other(call: Call, field: Searchable, condition: Condition, text: str) -> Any:
    match field.holds:
        case Holds.FLAG:
            return text not in ("", "0", "false", "False")
        case Holds.MOMENT:
            return _moment(condition, text)
    given = text.strip()
    digits = given.removeprefix("-")
    short = digits.lstrip("0")
    if digits.isascii() and digits.isdigit() and len(short) < 20 and int(short or "0") <= LARGEST:
        return -int(short or "0") if given.startswith("-") else int(short or "0")
    if field.find is not None:
        found = field.find(call, text)
        return -1 if found is None else found
    raise Problem(400, f"'{text[:60]}' is no number, and {condition.field[:60]} is one")


def _moment(condition: Condition, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            400, f"'{text[:60]}' is no date for {condition.field[:60]}: write 2031-02-03 04:05:06"
        ) from None
