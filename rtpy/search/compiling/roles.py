"""Roles in queries: who plays one on a ticket or its queue, and whether somebody of a group does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from rtpy.db.among import one_of
from rtpy.db.base import table_of
from rtpy.models import Group, GroupClosure, Ticket, User, Watcher
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.search.compiling.custom_roles import roles_seen
from rtpy.search.compiling.looking_up import EXACT, NAME, look_up
from rtpy.search.compiling.people import (
    KEYS,
    PERSON,
    PERSON_KEYS,
    Ids,
    among,
    groups_named,
    ids_among,
    people_ids,
    person_key,
    user_matches,
    user_operand,
    user_order,
    with_groups,
)
from rtpy.search.compiling.text import EMPTINESS, EQUALITY, LIKES, compare_text
from rtpy.search.compiling.values import current_user, id_of, values_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, Operand, SearchField
from rtpy.search.language.tree import Name, Operator, Term

Path = Sequence[str]
Who = Ids | list[int]
MEMBERSHIP = (Operator.EQUALS, Operator.DIFFERS, Operator.IN, Operator.NOT_IN)


@dataclass(frozen=True)
class Cast:
    """Where roles are kept: rows of `watchers` whose column `thing` is that of the searched row, `on`."""

    on: Any
    watchers: Any
    thing: str
    owner: Any = None
    """The column with the owner, who is no row among the watchers."""


_tickets, _users, _groups = table_of(Ticket), table_of(User), table_of(Group)
_closure = table_of(GroupClosure)
TICKETS = Cast(_tickets.c.id, table_of(Watcher), "ticket_id", _tickets.c.owner_id)
QUEUES = Cast(_tickets.c.queue_id, table_of(Watcher), "queue_id")


def role_field(
    name: str,
    cast: Cast,
    roles: tuple[str, ...] | None,
    help: str,
    *aliases: str,
    with_owner: bool = False,
) -> SearchField:
    """People and groups in one of the roles; without a key by address, name of a group, or number."""
    return _role_field(
        name, cast, lambda _asking, path: (roles, path, "EmailAddress"), help, aliases, with_owner=with_owner
    )


def custom_role_field(cast: Cast, lookup: str = "ticket") -> SearchField:
    """`CustomRole.{name or number}`, with a key behind it; the usual one is the name, or the number."""

    def roles(asking: Asking, path: Path) -> tuple[tuple[str, ...] | None, Path, str]:
        if not path:
            raise CannotSearch("CustomRole needs the role behind a dot: CustomRole.{Account manager}.")
        return (_custom_role(asking, path[0], lookup),), path[1:], "Name"

    return _role_field(
        "CustomRole", cast, roles, "People and groups in a custom role: CustomRole.{its name}.", ()
    )


def group_field(
    name: str, cast: Cast, roles: tuple[str, ...] | None, with_owner: bool, help: str
) -> SearchField:
    """Somebody in one of the roles is a member of the group, however deep; by its name or number."""

    def clause(_asking: Asking, term: Term) -> ColumnElement[bool]:
        if term.name.path:
            raise CannotSearch(f"{name} has no parts; give the name of the group.")
        numbers = [number for each in values_of(term) if (number := id_of(each)) is not None]
        names = [str(each) for each in values_of(term) if id_of(each) is None]
        which = or_(_groups.c.id.in_(numbers), compare_text(_groups.c.name, Operator.IN, names or [""]))
        members = (
            select(_closure.c.member_id)
            .join(_groups, _groups.c.id == _closure.c.group_id)
            .where(_groups.c.domain == "UserDefined", which)
        )
        return _plays(cast, roles, with_groups((members,)), (members,) if with_owner else None, term.operator)

    return SearchField(name, Kind.GROUP, MEMBERSHIP, clause, help)


def _custom_role(asking: Asking, called: str, lookup: str) -> str:
    for number, name in roles_seen(asking.work, lookup, by_role=True):
        if name.lower() == called.lower() or str(number) == called:
            return f"{PREFIX}{number}"
    names = ", ".join(name for _, name in roles_seen(asking.work, lookup)[:12])
    raise CannotSearch(f"There is no custom role {called[:60]}{f'; there are {names}' if names else ''}.")


def _role_field(
    name: str,
    cast: Cast,
    roles_of: Callable[[Asking, Path], tuple[tuple[str, ...] | None, Path, str]],
    help: str,
    aliases: tuple[str, ...],
    *,
    with_owner: bool = False,
) -> SearchField:
    def clause(asking: Asking, term: Term) -> ColumnElement[bool]:
        roles, path, usual = roles_of(asking, term.name.path)
        key = person_key(term, path, "")
        if term.operator in EMPTINESS and not key:
            return _empty(asking, cast, roles, term.operator, with_owner=with_owner)
        operator = term.operator.positive
        values = values_of(term)
        everybody = users = _looked_up(asking, term, key, usual, deep=not term.shallow)
        if with_owner and users is not None:
            users = _looked_up(asking, term, key, usual, deep=False)
        if everybody is None or users is None:
            users = _principals(asking, operator, values, key, usual)
            everybody = users if term.shallow else with_groups(users)
        if operator is Operator.IS:  # asked as: somebody has something there
            operator = Operator.DIFFERS if term.operator is Operator.IS else Operator.EQUALS
        else:
            operator = term.operator
        return _plays(cast, roles, everybody, users if with_owner else None, operator)

    def order(asking: Asking, path: Path) -> Sequence[ColumnElement[Any]]:
        try:
            roles, rest, _ = roles_of(asking, path)
        except CannotSearch:
            return ()
        key = KEYS.get(rest[0].lower()) if len(rest) == 1 else "Name" if not rest else None
        if key is None:
            return ()
        rows, user = cast.watchers.alias(), _users.alias()
        column = user.c[PERSON_KEYS[key].key]
        first = select(func.min(column if key == "id" else func.lower(column)))
        joined = first.select_from(rows).join(user, user.c.id == rows.c.principal_id)
        return (joined.where(_mine(cast, rows, roles)).correlate(cast.on.table).scalar_subquery(),)

    def operand(asking: Asking, name: Name) -> Operand:
        roles, rest, _ = roles_of(asking, name.path)
        key = KEYS.get(rest[0].lower()) if len(rest) == 1 else "id" if not rest else None
        if key is None:
            raise CannotSearch(f"“{'.'.join(rest)[:40]}” cannot be asked of people.")
        rows = cast.watchers.alias()
        found: Select[Any] = select(literal(1)).select_from(rows).where(_mine(cast, rows, roles))
        if key == "id":
            return Operand(rows.c.principal_id, "number", found.correlate_except(rows))
        user = _users.alias()
        value = func.lower(user.c[PERSON_KEYS[key].key])
        found = found.join(user, user.c.id == rows.c.principal_id).correlate_except(rows, user)
        return Operand(value, "text", found)

    return SearchField(
        name,
        Kind.ROLE,
        PERSON,
        clause,
        help,
        sub_keys=tuple(PERSON_KEYS),
        order=order,
        aliases=aliases,
        operand=operand,
    )


def _looked_up(asking: Asking, term: Term, key: str, usual: str, *, deep: bool) -> Who | None:
    """The same for exact names, addresses and numbers, asked at once; None where the search has to ask itself."""
    if term.operator not in EQUALITY or (key and key not in EXACT):
        return None
    if key:
        return look_up(asking, (key,), values_of(term), deep=deep)
    known = [current_user(asking, each) for each in values_of(term)]
    numbers = [number for each in known if (number := id_of(each)) is not None]
    texts = [each for each in known if id_of(each) is None]
    by_name_too = usual == NAME and any("@" in str(each) for each in texts)
    keys = EXACT if by_name_too else (usual,)
    return look_up(asking, keys, texts, ids=numbers, groups=True, deep=deep)


def _principals(asking: Asking, operator: Operator, values: Sequence[object], key: str, usual: str) -> Ids:
    """Users of whom a positive term is true; without a key the groups, too."""
    if key:
        return people_ids(key, operator, list(values) if operator is Operator.IN else values[0])
    if operator in LIKES:
        return (*people_ids(usual, operator, values[0]), groups_named(operator, values[0]))
    known = [current_user(asking, each) for each in values]
    numbers = [number for each in known if (number := id_of(each)) is not None]
    texts = [str(each) for each in known if id_of(each) is None]
    ids: Ids = (ids_among(numbers),)
    if texts:
        ids += (*people_ids(usual, Operator.IN, texts), groups_named(Operator.IN, texts))
        if usual == "Name" and any("@" in each for each in texts):
            ids += people_ids("EmailAddress", Operator.IN, texts)
    return ids


def _mine(cast: Cast, rows: Any, roles: tuple[str, ...] | None) -> ColumnElement[bool]:
    """These rows of watchers are of the searched row and in one of the roles."""
    mine = rows.c[cast.thing] == cast.on
    return mine if roles is None else and_(mine, _in_roles(rows, roles))


def _in_roles(rows: Any, roles: tuple[str, ...]) -> ColumnElement[bool]:
    clause: ColumnElement[bool] = rows.c.role == roles[0] if len(roles) == 1 else one_of(rows.c.role, roles)
    return clause


def _plays(
    cast: Cast, roles: tuple[str, ...] | None, principals: Who, owners: Who | None, operator: Operator
) -> ColumnElement[bool]:
    """One of the principals plays one of the roles, or (negative) none of them does."""
    rows = cast.watchers
    one_of_them = among(rows.c.principal_id, principals)
    if operator.is_negative:
        nobody = ~exists(select(literal(1)).select_from(rows).where(_mine(cast, rows, roles), one_of_them))
        return nobody if owners is None else and_(nobody, ~among(cast.owner, owners))
    thing = rows.c[cast.thing]
    found = select(thing).where(thing.is_not(None), one_of_them)
    if roles is not None:
        found = found.where(_in_roles(rows, roles))
    plays: ColumnElement[bool] = cast.on.in_(found)
    return plays if owners is None else or_(plays, among(cast.owner, owners))


def _empty(
    asking: Asking, cast: Cast, roles: tuple[str, ...] | None, operator: Operator, *, with_owner: bool
) -> ColumnElement[bool]:
    rows = cast.watchers
    somebody: ColumnElement[bool] = exists(
        select(literal(1)).select_from(rows).where(_mine(cast, rows, roles))
    )
    if with_owner:
        somebody = or_(somebody, cast.owner != asking.work.app.nobody_id(asking.work.db))
    return ~somebody if operator is Operator.IS else somebody


def owner_field(column: Any = _tickets.c.owner_id) -> SearchField:
    """The owner: one person, in a column of the searched row; Nobody is none."""
    return SearchField(
        "Owner",
        Kind.ROLE,
        PERSON,
        lambda asking, term: user_matches(asking, column, term),
        "Who it belongs to: a name, a number, or Nobody.",
        sub_keys=tuple(PERSON_KEYS),
        order=user_order(column),
        column=column,
        operand=user_operand(column),
    )


ROLES = (
    owner_field(),
    role_field(
        "Requestor", TICKETS, (REQUESTOR,), "Who asked: an address, or the name of a group.", "Requestors"
    ),
    role_field("Cc", TICKETS, (CC,), "Who gets copies."),
    role_field("AdminCc", TICKETS, (ADMIN_CC,), "Who gets copies with comments."),
    role_field("Watcher", TICKETS, None, "Anybody in any role, the owner too.", "Watchers", with_owner=True),
    role_field("QueueCc", QUEUES, (CC,), "Who gets copies of the whole queue."),
    role_field("QueueAdminCc", QUEUES, (ADMIN_CC,), "Who gets copies with comments of the whole queue."),
    role_field("QueueWatcher", QUEUES, None, "Anybody in any role on the whole queue."),
    custom_role_field(TICKETS),
)
GROUPS = tuple(
    group_field(f"{name}Group", TICKETS, roles, with_owner, f"{help} is in this group, however deep.")
    for name, roles, with_owner, help in (
        ("Owner", (OWNER,), True, "The owner"),
        ("Requestor", (REQUESTOR,), False, "One of the requestors"),
        ("CC", (CC,), False, "One of the Ccs"),
        ("AdminCC", (ADMIN_CC,), False, "One of the AdminCcs"),
        ("Watcher", None, True, "Anybody in any role"),
    )
)
