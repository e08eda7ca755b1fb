"""People as a kind: who may read what of whom. No password, no hash, no token is among the fields."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select, true

from rtpy.changes.accounts import COLUMNS
from rtpy.changes.groups import USER_DEFINED
from rtpy.changes.people import system_groups
from rtpy.customfields.kinds import Lookup
from rtpy.models import Group, GroupClosure, GroupMember, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs
from rtpy.rest2.field_kind import FieldKind, Reader, column, filled_column, person
from rtpy.rest2.histories.visible import visible_groups
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Number, Ref
from rtpy.rights.names import Right

SUMMARY = ("Name", "RealName", "EmailAddress")
"""What staff reads of others without AdminUsers (RT: UserSummaryExtraInfo)."""
OF_OTHERS = frozenset((*SUMMARY, "Privileged", "_hyperlinks"))
PRIVATE = frozenset({"Comments"})
"""What is noted about somebody: only who holds AdminUsers reads it."""


class UserKind(FieldKind):
    """A person. Others speak of them by their login names."""

    name = "user"
    only_asked = frozenset({"_hyperlinks"})
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(User.id, Holds.NUMBER),
        **{name: Searchable(getattr(User, attribute)) for attribute, name in COLUMNS.items()},
        "Created": Searchable(User.created, Holds.MOMENT),
        "LastUpdated": Searchable(User.last_updated, Holds.MOMENT),
        "Creator": Searchable(User.creator_id, Holds.NUMBER),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, User]:
        """One query."""
        rows = call.work.db.scalars(select(User).where(User.id.in_(ids), visible_users(call)))
        return {row.id: row for row in rows}

    def ref(self, row: Any) -> Ref:
        """By the login name."""
        return Ref("user", row.id, row.name)

    def names(self, call: Call, row: Any) -> Sequence[str]:
        """Those that the caller may read."""
        return [name for name in super().names(call, row) if may_read(call, row.id, name)]

    def cells(self, call: Call, rows: Sequence[Any], names: Sequence[str]) -> list[Document]:
        """Without those that the caller may not read of the one or the other."""
        found = super().cells(call, rows, names)
        return [
            {name: value for name, value in cells.items() if may_read(call, row.id, name)}
            for row, cells in zip(rows, found, strict=True)
        ]

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """History for who may read it, memberships for who may change them."""
        rights, me = call.work.rights, call.work.actor.user_id
        links = [self_link(call, "user", row.id)]
        if administers_users(call) or row.id == me:
            links += field_links(call, Lookup.USER, 0)
            links.append({"ref": "history", "_url": f"{call.base}/user/{row.id}/history"})
        own = row.id == me and rights.system(Right.MODIFY_OWN_MEMBERSHIP)
        if own or rights.system(Right.ADMIN_GROUP_MEMBERSHIP):
            links.append({"ref": "memberships", "_url": f"{call.base}/user/{row.id}/groups"})
        return links


def administers_users(call: Call) -> bool:
    """AdminUsers: reads all of everybody."""
    return bool(call.work.rights.system(Right.ADMIN_USERS))


def may_read(call: Call, user_id: int, name: str) -> bool:
    """May the caller read this field of that person?"""
    if administers_users(call) or name in OF_OTHERS:
        return True
    return user_id == call.work.actor.user_id and name not in PRIVATE


def visible_users(call: Call) -> ColumnElement[bool]:
    """A clause over users: staff sees everybody, others see themselves."""
    return true() if call.login.is_privileged else User.id == call.work.actor.user_id


def are_staff(call: Call, ids: Numbers[int]) -> frozenset[int]:
    """Which of these are staff. One query."""
    group = system_groups(call.work, (PRIVILEGED,))[0]
    rows = select(GroupMember.member_id).where(GroupMember.group_id == group, GroupMember.member_id.in_(ids))
    return frozenset(call.work.db.scalars(rows))


def memberships_of(call: Call, ids: Numbers[int]) -> Mapping[int, list[Ref]]:
    """The groups made up by the site that people are in, however deep, as far as the caller may see them. One query."""
    me = call.work.actor.user_id
    seen = visible_groups(call, Group.id)
    rows = call.work.db.execute(
        select(GroupClosure.member_id, Group.id)
        .join(Group, Group.id == GroupClosure.group_id)
        .where(
            GroupClosure.member_id.in_(ids),
            Group.domain == USER_DEFINED,
            seen | (GroupClosure.member_id == me),
        )
        .order_by(Group.id)
    )
    found: dict[int, list[Ref]] = defaultdict(list)
    for member, group in rows:
        found[member].append(Ref("group", group))
    return found


def _privileged(call: Call, rows: Sequence[Any]) -> Sequence[Number]:
    staff = are_staff(call, [row.id for row in rows])
    return [Number(int(row.id in staff)) for row in rows]


def _disabled(call: Call, rows: Sequence[Any]) -> Sequence[bool]:
    off = select(Principal.id).where(Principal.id.in_([row.id for row in rows]), Principal.disabled.is_(True))
    found = frozenset(call.work.db.scalars(off))
    return [row.id in found for row in rows]


def _memberships(call: Call, rows: Sequence[Any]) -> Sequence[list[Ref]]:
    found = memberships_of(call, [row.id for row in rows])
    return [found.get(row.id, []) for row in rows]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = field_refs(call, Lookup.USER, {row.id: 0 for row in rows})
    return [refs[row.id] for row in rows]


def _hyperlinks(call: Call, rows: Sequence[Any]) -> Sequence[list[Document]]:
    links = [USER.hyperlinks(call, row) for row in rows]
    for each, row in zip(links, rows, strict=True):
        each[0] = {**each[0], "id": Number(row.id)}
    return links


def _columns() -> dict[str, Reader]:
    return {
        name: column(attribute) if attribute == "name" else filled_column(attribute)
        for attribute, name in COLUMNS.items()
    }


UserKind.fields = {
    **_columns(),
    "Privileged": _privileged,
    "Disabled": _disabled,
    "Memberships": _memberships,
    "CustomFields": _custom_fields,
    "Creator": person("creator_id"),
    "Created": column("created"),
    "LastUpdated": filled_column("last_updated"),
    "_hyperlinks": _hyperlinks,
}
USER = add_kind(UserKind())
