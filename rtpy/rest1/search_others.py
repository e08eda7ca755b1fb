"""Queues, people and groups by one condition: `Field OP value`."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from rtpy.changes.people import system_groups
from rtpy.models import Group, GroupMember, Principal, Queue, User
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rest1 import groups, queues, users
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form
from rtpy.rest1.frame import BAD_SEARCH, FORBIDDEN, Stopped
from rtpy.rest1.listing import MOST, Listing, too_many
from rtpy.rest1.objects import Spec, as_number
from rtpy.rights.names import Right

OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH", "MATCHES")
AT_ONCE = 500

Column = Any  # columns of texts, numbers and switches


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `operator` in capitals."""

    field: str
    operator: str
    value: str


def search_queues(call: Call, query: str, orderby: str) -> Listing:
    """Those that the caller may know of; closed ones only with `Disabled = 1`."""
    columns = {name.lower(): getattr(Queue, column) for name, column in queues.columns_for(call).items()}
    columns |= {"id": Queue.id, "disabled": Queue.disabled, "lifecycle": Queue.lifecycle}
    rights = call.work.rights
    may = [rights.of(right) for right in (Right.SEE_QUEUE, Right.CREATE_TICKET, Right.ADMIN_QUEUE)]
    asked = select(Queue.id)
    if not any(each.everywhere for each in may):
        asked = asked.where(Queue.id.in_(frozenset[int]().union(*(each.queues for each in may))))
    condition = read_condition(query)
    if condition is None or condition.field != "disabled":
        asked = asked.where(Queue.disabled.is_(False))
    ids = _find(call, _where(asked, columns, condition, query), columns, orderby, "queues")
    return Listing(ids, "Name", _reader(call, "queue", ids, queues.show_queues))


def search_users(call: Call, query: str, orderby: str) -> Listing:
    """Needs AdminUsers. Without a condition the staff; those who are switched off only with `Disabled = 1`."""
    if not call.work.rights.system(Right.ADMIN_USERS):
        raise Stopped("Permission denied", FORBIDDEN)
    columns = {name.lower(): getattr(User, column) for name, column in users.COLUMNS.items()}
    columns |= {"id": User.id, "disabled": Principal.disabled}
    asked = select(User.id).join(Principal, Principal.id == User.id)
    asked = asked.where(User.name.not_in((SYSTEM_USER, NOBODY)), User.merged_into_id.is_(None))
    condition = read_condition(query)
    if condition is None:
        staff = system_groups(call.work, (PRIVILEGED,))[0]
        asked = asked.where(User.id.in_(select(GroupMember.member_id).where(GroupMember.group_id == staff)))
    if condition is None or condition.field != "disabled":
        asked = asked.where(Principal.disabled.is_(False))
    ids = _find(call, _where(asked, columns, condition, query), columns, orderby, "users")
    return Listing(ids, "Name", _reader(call, "user", ids, users.show_users))


def search_groups(call: Call, query: str, orderby: str) -> Listing:
    """Those that people made and that the caller may see."""
    columns = {
        "id": Group.id,
        "name": Group.name,
        "description": Group.description,
        "disabled": Principal.disabled,
    }
    may = [call.work.rights.of(right) for right in groups.READING] if call.is_staff else []
    asked = select(Group.id).join(Principal, Principal.id == Group.id)
    asked = asked.where(Group.domain == groups.USER_DEFINED)
    if not any(each.everywhere for each in may):
        asked = asked.where(Group.id.in_(frozenset[int]().union(*(each.ids("group") for each in may))))
    condition = read_condition(query)
    if condition is None or condition.field != "disabled":
        asked = asked.where(Principal.disabled.is_(False))
    ids = _find(call, _where(asked, columns, condition, query), columns, orderby, "groups")
    return Listing(ids, "Name", _reader(call, "group", ids, groups.show_groups))


def read_condition(query: str) -> Condition | None:
    """The one condition of a query, quoted as in a shell; None for an empty one. Raises Stopped."""
    if not query.strip():
        return None
    try:
        lexer = shlex.shlex(query, posix=True, punctuation_chars="=!<>")
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        raise _invalid(query) from None
    if len(words) == 4 and (words[1].upper(), words[2].upper()) == ("NOT", "LIKE"):
        words[1:3] = ["NOT LIKE"]
    if len(words) != 3:
        raise _invalid(query)
    field, operator, value = words
    if operator.upper() not in OPERATORS:
        raise Stopped(f"Invalid operator specification: {operator[:40]}")
    return Condition(field.lower(), operator.upper(), value)


def _where(
    asked: Select[Any], columns: Mapping[str, Column], condition: Condition | None, query: str
) -> Select[Any]:
    if condition is None:
        return asked
    column = columns.get(condition.field)
    if column is None:
        raise Stopped(f"Invalid field specification: {condition.field[:80]}")
    return asked.where(_clause(column, condition, query))


def _clause(column: Column, condition: Condition, query: str) -> ColumnElement[bool]:
    kind, operator, value = column.type.python_type, condition.operator, condition.value
    if kind in (int, bool):
        number = as_number(value)
        compare = _COMPARE.get(operator)
        if number is None or compare is None:
            raise _invalid(query)
        return compare(column, bool(number) if kind is bool else number)
    text, wanted = func.lower(func.coalesce(column, "")), value.lower()
    match operator:
        case "STARTSWITH":
            return text.startswith(wanted, autoescape=True)
        case "ENDSWITH":
            return text.endswith(wanted, autoescape=True)
        case "LIKE" | "MATCHES":
            return _like(text, wanted)
        case "NOT LIKE":
            return ~_like(text, wanted)
    return _COMPARE[operator](text, wanted)


def _like(text: Column, wanted: str) -> ColumnElement[bool]:
    """A pattern where there is a `%` in it, else a part of the text."""
    return text.like(wanted) if "%" in wanted else text.contains(wanted, autoescape=True)


_COMPARE: Mapping[str, Callable[[Column, Any], ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "!=": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    ">": lambda column, value: column > value,
    "<=": lambda column, value: column <= value,
    ">=": lambda column, value: column >= value,
}


def _find(
    call: Call, asked: Select[Any], columns: Mapping[str, Column], orderby: str, what: str
) -> list[int]:
    name = orderby.lstrip("+-").lower() or "id"
    column = columns.get(name)
    if column is None:
        raise Stopped(f"Invalid field specification: {orderby[:80]}")
    ordered = asked.order_by(column.desc() if orderby.startswith("-") else column.asc(), columns["id"])
    ids = list(call.work.db.scalars(ordered.limit(MOST + 1)))
    if len(ids) > MOST:
        raise Stopped(too_many(what))
    return ids


def _reader(
    call: Call, kind: str, ids: Sequence[int], show: Callable[[Call, Sequence[Spec]], list[Form]]
) -> Callable[[Sequence[str]], list[Form]]:
    def read(fields: Sequence[str]) -> list[Form]:
        forms: list[Form] = []
        for start in range(0, len(ids), AT_ONCE):
            forms += show(call, [Spec(kind, str(number)) for number in ids[start : start + AT_ONCE]])
        return forms

    return read


def _invalid(query: str) -> Stopped:
    return Stopped(f"Invalid query: '{' '.join(query.split())[:500]}'.", BAD_SEARCH)
