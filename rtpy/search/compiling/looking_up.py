"""Who is meant by an exact name, asked before the search: databases plan better with numbers than with questions."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, func, select, union, union_all

from rtpy.db.base import table_of
from rtpy.models import Group, GroupClosure, Organization, OrganizationSite, Principal, User, UserAddress
from rtpy.search.fields.field import Asking

_users, _others, _groups = table_of(User), table_of(UserAddress), table_of(Group)
_closure, _principals = table_of(GroupClosure), table_of(Principal)
NAME, ADDRESS = "Name", "EmailAddress"
EXACT = (NAME, ADDRESS)
"""The keys of people that are looked up."""


def look_up(
    asking: Asking,
    keys: tuple[str, ...],
    values: Collection[object],
    *,
    ids: Sequence[int] = (),
    groups: bool = False,
    deep: bool = False,
) -> list[int] | None:
    """Numbers of the people who have one of the values under one of `keys`, and of the principals `ids`.

    With `groups` also those of user-defined groups of such a name, with `deep` those of every enabled group that one
    of all these is in. One query. None for values with letters outside of ASCII: no index finds them.
    """
    texts = [str(each).lower() for each in values]
    if not all(each.isascii() for each in texts):
        return None
    if not texts and not deep:
        return list(ids)
    found = asking.work.db.connection().scalars(
        _people(keys, groups, deep), {"texts": texts, "ids": list(ids)}
    )
    return sorted(set(found) | set(ids))


def look_up_named(
    asking: Asking, model: Any, values: Collection[object], ids: Sequence[int]
) -> list[int] | None:
    """Numbers of the organisations or sites of these names or numbers. One query."""
    texts = [str(each).lower() for each in values]
    if not all(each.isascii() for each in texts):
        return None
    return list(asking.work.db.connection().scalars(NAMED[model], {"texts": texts, "ids": list(ids)}))


@lru_cache
def _people(keys: tuple[str, ...], groups: bool, deep: bool) -> Select[Any] | CompoundSelect[Any]:
    texts: Any = bindparam("texts", expanding=True)
    parts: list[Any] = []
    if NAME in keys:
        parts.append(select(_users.c.id).where(func.lower(_users.c.name).in_(texts)))
    if ADDRESS in keys:
        parts.append(select(_users.c.id).where(func.lower(_users.c.email_address).in_(texts)))
        parts.append(select(_others.c.user_id).where(_others.c.address.in_(texts)))
    if groups:
        parts.append(
            select(_groups.c.id).where(
                _groups.c.domain == "UserDefined", func.lower(_groups.c.name).in_(texts)
            )
        )
    if not deep:
        return union_all(*parts) if len(parts) > 1 else parts[0]
    parts.append(select(_principals.c.id).where(_principals.c.id.in_(bindparam("ids", expanding=True))))
    found = union(*parts).cte("found")
    around = (
        select(_closure.c.group_id)
        .join(found, found.c[0] == _closure.c.member_id)
        .join(_principals, _principals.c.id == _closure.c.group_id)
        .where(_principals.c.disabled.is_(False))
    )
    return union_all(select(found.c[0]), around)


def _named(model: Any) -> Select[Any]:
    table = table_of(model)
    by_name = func.lower(table.c.name).in_(bindparam("texts", expanding=True))
    return select(table.c.id).where(by_name | table.c.id.in_(bindparam("ids", expanding=True)))


# Built once: to put a statement together takes longer than to run it.
NAMED: dict[Any, Select[Any]] = {model: _named(model) for model in (Organization, OrganizationSite)}
