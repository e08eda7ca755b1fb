"""People in queries: what may be asked of a user, and fields that hold one."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal, or_, select, union_all

from rtpy.db.among import one_of
from rtpy.db.base import table_of
from rtpy.models import Group, GroupClosure, Principal, User, UserAddress
from rtpy.search.compiling.looking_up import ADDRESS, EXACT, NAME, look_up
from rtpy.search.compiling.text import (
    EMPTINESS,
    EQUALITY,
    LIKES,
    compare_number,
    compare_text,
)
from rtpy.search.compiling.values import current_user, id_of, number_of, values_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, Operand, SearchField
from rtpy.search.language.tree import Name, Operator, Term

# Tables rather than models: a statement of them is put together in a third of the time.
_users, _others, _groups = table_of(User), table_of(UserAddress), table_of(Group)
_closure, _principals = table_of(GroupClosure), table_of(Principal)

PERSON_KEYS: dict[str, Any] = {
    "EmailAddress": _users.c.email_address,
    "Name": _users.c.name,
    "RealName": _users.c.real_name,
    "Nickname": _users.c.nick_name,
    "Organization": _users.c.organization,
    "Address1": _users.c.address1,
    "Address2": _users.c.address2,
    "City": _users.c.city,
    "State": _users.c.state,
    "Zip": _users.c.zip,
    "Country": _users.c.country,
    "WorkPhone": _users.c.work_phone,
    "HomePhone": _users.c.home_phone,
    "MobilePhone": _users.c.mobile_phone,
    "PagerPhone": _users.c.pager_phone,
    "id": _users.c.id,
}
"""What may be asked of a person, as RT spells it."""
KEYS = {name.lower(): name for name in PERSON_KEYS}
PERSON = (*EQUALITY, *LIKES, *EMPTINESS)

Ids = tuple[Select[Any], ...]
"""Queries of numbers of principals, none of them NULL: all that any of them finds."""


def person_key(term: Term, path: Sequence[str], usual: str) -> str:
    """The key that a path means, as it is spelled. Raises CannotSearch."""
    if not path:
        return usual
    key = KEYS.get(path[0].lower()) if len(path) == 1 else None
    if key is None:
        raise CannotSearch(
            f"“{'.'.join(path)[:40]}” cannot be asked of people; behind {term.name.head} goes one of "
            f"{', '.join(PERSON_KEYS)}."
        )
    return key


def all_of(ids: Ids) -> Select[Any] | CompoundSelect[Any]:
    """The queries as one. Not nested: SQLite knows no parentheses there."""
    return ids[0] if len(ids) == 1 else union_all(*ids)


def among(column: Any, who: "Ids | list[int]") -> ColumnElement[bool]:
    """The column holds one of these numbers, which are known or still to be asked for."""
    if isinstance(who, list):
        clause: ColumnElement[bool] = column == who[0] if len(who) == 1 else one_of(column, who)
        return clause
    return column.in_(all_of(who))  # type: ignore[no-any-return]


def people_with(key: str, operator: Operator, value: Any) -> Select[Any] | CompoundSelect[Any]:
    """The users of whom a positive term is true, as one query."""
    return all_of(people_ids(key, operator, value))


def people_ids(key: str, operator: Operator, value: Any) -> Ids:
    """The users of whom a positive term is true; IS NULL is asked as what is not empty."""
    column = PERSON_KEYS[key]
    if key == "id":
        if operator is Operator.IS:
            return (select(_users.c.id),)
        numbers = [number_of(each, key) for each in (value if operator is Operator.IN else (value,))]
        number: Any = numbers if operator is Operator.IN else value if operator in LIKES else numbers[0]
        return (select(_users.c.id).where(compare_number(column, operator, number)),)
    if operator is Operator.IS:
        return (select(_users.c.id).where(column.is_not(None), column != ""),)
    found = select(_users.c.id).where(compare_text(column, operator, value))
    if key != "EmailAddress":
        return (found,)
    others = select(_others.c.user_id).where(compare_text(_others.c.address, operator, value))
    return found, others


def groups_named(operator: Operator, value: Any) -> Select[Any]:
    """User-defined groups by their names."""
    return select(_groups.c.id).where(
        _groups.c.domain == "UserDefined", compare_text(_groups.c.name, operator, value)
    )


def with_groups(ids: Ids) -> Ids:
    """These principals and every enabled group that one of them is in, however deep."""
    around = (
        select(_closure.c.group_id)
        .join(_principals, _principals.c.id == _closure.c.group_id)
        .where(_closure.c.member_id.in_(all_of(ids)), _principals.c.disabled.is_(False))
    )
    return (*ids, around)


def ids_among(numbers: Sequence[int]) -> Select[Any]:
    """Principals of these numbers."""
    return select(_principals.c.id).where(_principals.c.id.in_(numbers))


def user_matches(
    asking: Asking, column: ColumnElement[Any], term: Term, usual: str = "Name"
) -> ColumnElement[bool]:
    """A clause about the user whose number a column holds; the column is never NULL.

    Without a key: a number or a name; one that looks like an address is the address as well.
    """
    key = person_key(term, term.name.path, "")
    nobody = asking.work.app.nobody_id(asking.work.db)
    if term.operator in EMPTINESS and not key:
        return column == nobody if term.operator is Operator.IS else column != nobody
    fits = _one_of(asking, column, term.operator.positive, values_of(term), key, usual)
    if term.operator in EMPTINESS:
        return ~fits if term.operator is Operator.IS else fits
    return ~fits if term.operator.is_negative else fits


def _one_of(
    asking: Asking,
    column: ColumnElement[Any],
    operator: Operator,
    values: Sequence[object],
    key: str,
    usual: str,
) -> ColumnElement[bool]:
    exact = operator in EQUALITY
    if key:
        looked_up = look_up(asking, (key,), values) if exact and key in EXACT else None
        value = list(values) if operator is Operator.IN else values[0]
        return among(column, people_ids(key, operator, value) if looked_up is None else looked_up)
    if operator in LIKES:
        return column.in_(people_with(usual, operator, values[0]))
    known = [current_user(asking, each) for each in values]
    numbers = [number for each in known if (number := id_of(each)) is not None]
    if any(str(each).lower() == "nobody" for each in known):
        numbers.append(asking.work.app.nobody_id(asking.work.db))
    texts = [str(each) for each in known if id_of(each) is None and str(each).lower() != "nobody"]
    by_address = any("@" in each for each in texts)
    looked_up = look_up(asking, EXACT if by_address else (NAME,), texts, ids=numbers)
    if looked_up is not None:
        return among(column, looked_up)
    ids = people_ids(NAME, Operator.IN, texts)
    if by_address:
        ids += people_ids(ADDRESS, Operator.IN, texts)
    return or_(column.in_(numbers), among(column, ids))


def user_field(name: str, column: Any, help: str, *aliases: str) -> SearchField:
    """A field that holds the number of one user, such as Creator."""
    return SearchField(
        name,
        Kind.USER,
        PERSON,
        lambda asking, term: user_matches(asking, column, term),
        help,
        sub_keys=tuple(PERSON_KEYS),
        order=user_order(column),
        column=column,
        aliases=aliases,
        operand=user_operand(column),
    )


def user_order(column: Any) -> Callable[[Asking, tuple[str, ...]], Sequence[ColumnElement[Any]]]:
    """Sorts by what a user has under a key, by name without one."""

    def order(_asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        key = KEYS.get(path[0].lower()) if len(path) == 1 else "Name" if not path else None
        if key is None:
            return ()
        what = _users.c.id if key == "id" else func.lower(PERSON_KEYS[key])
        return (select(what).where(_users.c.id == column).correlate(column.table).scalar_subquery(),)

    return order


def user_operand(column: Any) -> Callable[[Asking, Name], Operand]:
    """The number of the user, or what it has under a key, where fields are compared."""

    def operand(_asking: Asking, name: Name) -> Operand:
        key = KEYS.get(name.path[0].lower()) if len(name.path) == 1 else "id" if not name.path else None
        if key is None:
            raise CannotSearch(f"“{'.'.join(name.path)[:40]}” cannot be asked of people.")
        if key == "id":
            return Operand(column, "number")
        user = _users.alias()
        value = func.lower(user.c[PERSON_KEYS[key].key])
        rows = select(literal(1)).select_from(user).where(user.c.id == column).correlate_except(user)
        return Operand(value, "text", rows)

    return operand
