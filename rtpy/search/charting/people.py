"""Grouping by people: the owner and others in a column, roles on the ticket, and what is known of those people."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, null, select, union_all

from rtpy.db.base import table_of
from rtpy.db.folding import Folded
from rtpy.models import Group as PeopleGroup
from rtpy.models import Ticket, User, Watcher
from rtpy.search.charting.dimension import Dimension, Group, Key, equals, is_null
from rtpy.search.compiling.people import KEYS, PERSON_KEYS
from rtpy.search.compiling.values import id_of
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.tree import Name, Node

_users, _groups, _watchers = table_of(User), table_of(PeopleGroup), table_of(Watcher)


def user_dimension(asking: Asking, title: str, column: Any, name: Name) -> Dimension:
    """By the user whose number a column of the tickets holds, or by what that user has under a key."""
    key = _key(name, name.path)
    if not key:
        return Dimension(title, column, lambda keys, _: _people(asking, keys, name), is_null(name))
    user = _users.alias()
    value = user.c[PERSON_KEYS[key].key]
    of_user = user.c.id == column
    folded = select(Folded(value)).where(of_user, value != "").correlate(table_of(Ticket)).scalar_subquery()
    plain = select(value).where(of_user).correlate(table_of(Ticket)).scalar_subquery()
    named = Name(name.head, (key,))
    return Dimension(f"{title}: {key}", folded, _texts(named), is_null(named), is_text=True, sample=plain)


def role_dimension(asking: Asking, title: str, role: str, name: Name, path: Sequence[str]) -> Dimension:
    """By those who play a role on the ticket themselves, people and groups; a ticket with two of them is in both.

    `name` is the role without the key behind it, `path` that key.
    """
    key = _key(name, path)
    rows = _watchers.alias()
    mine = and_(rows.c.ticket_id == Ticket.id, rows.c.role == role)
    if not key:
        return Dimension(
            title,
            rows.c.principal_id,
            lambda keys, _: _people(asking, keys, name, is_role=True),
            is_null(name),
            rows=rows,
            on=mine,
        )
    user = _users.alias()
    value = user.c[PERSON_KEYS[key].key]
    found = (
        select(rows.c.ticket_id, Folded(value).label("key"), func.min(value).label("sample"))
        .join(user, user.c.id == rows.c.principal_id)
        .where(rows.c.ticket_id.is_not(None), rows.c.role == role, value != "")
        .group_by(rows.c.ticket_id, Folded(value))
        .subquery()
    )
    named = Name(name.head, (*name.path, key))
    return Dimension(
        f"{title}: {key}",
        found.c.key,
        _texts(named, shallow=True),
        is_null(named, shallow=True),
        is_text=True,
        rows=found,
        on=found.c.ticket_id == Ticket.id,
        sample=found.c.sample,
    )


def _key(name: Name, path: Sequence[str]) -> str:
    key = KEYS.get(path[0].lower()) if len(path) == 1 else ("" if not path else None)
    if key is None:
        raise CannotSearch(
            f"Nothing can be grouped by “{'.'.join(path)[:40]}” of people; behind {name.head} goes one of "
            f"{', '.join(PERSON_KEYS)}."
        )
    return "" if key in ("id", "Name") else key


def _texts(name: Name, *, shallow: bool = False) -> Any:
    def describe(keys: Sequence[Key], samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {
            key: Group(samples.get(key) or str(key), equals(name, str(key), shallow=shallow)) for key in keys
        }

    return describe


def _people(asking: Asking, keys: Sequence[Key], name: Name, *, is_role: bool = False) -> Mapping[Key, Group]:
    """Users and groups by their numbers, as they are called; a name that two have goes with the login name."""
    if not keys:
        return {}
    nick = func.coalesce(func.nullif(_users.c.real_name, ""), func.nullif(_users.c.nick_name, ""))
    asked = union_all(
        select(_users.c.id, func.coalesce(nick, _users.c.name), _users.c.name).where(_users.c.id.in_(keys)),
        select(_groups.c.id, _groups.c.name, null()).where(_groups.c.id.in_(keys)),
    )
    rows = asking.work.db.connection().execute(asked).all()
    shown = [row[1] for row in rows]
    found: dict[Key, Group] = {}
    for number, label, login in rows:
        unique = label if shown.count(label) == 1 or login is None else f"{label} ({login})"
        found[number] = Group(unique, _person_node(name, number, login, is_role=is_role))
    missing = {key: Group(f"#{key}", equals(name, int(key), shallow=is_role)) for key in keys}
    return missing | found


def _person_node(name: Name, number: int, login: str | None, *, is_role: bool) -> Node:
    """By login name, which people can read; by number where a name could mean something else too."""
    if login is None or id_of(login) is not None or login.startswith("__") or "\\" in login:
        return equals(name, number, shallow=is_role)
    return equals(Name(name.head, (*name.path, "Name")), login, shallow=is_role)
