"""Groups as a kind: those that the site made up, and the system's own."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_, case, literal, or_, select

from rtpy.changes.groups import USER_DEFINED
from rtpy.customfields.kinds import Lookup
from rtpy.models import Group, GroupMember, Principal, User
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs
from rtpy.rest2.field_kind import FieldKind, Reader, always, column
from rtpy.rest2.histories.past import past_fields
from rtpy.rest2.histories.visible import GROUP_RIGHTS, visible_groups
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Number, Ref
from rtpy.rights.names import Right

LOGGED_AS = "group"
_off = Group.id.in_(select(Principal.id).where(Principal.kind == "group", Principal.disabled.is_(True)))


class GroupKind(FieldKind):
    """A group of people and groups."""

    name = "group"
    only_asked = frozenset({"_hyperlinks"})
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Group.id, Holds.NUMBER),
        "Name": Searchable(Group.name),
        "Description": Searchable(Group.description),
        "Domain": Searchable(Group.domain),
        "Instance": Searchable(literal(0), Holds.NUMBER),
        "Disabled": Searchable(case((_off, True), else_=False), Holds.FLAG),
        "Created": Searchable(Group.created, Holds.MOMENT),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Group]:
        """One query."""
        rows = call.work.db.scalars(select(Group).where(Group.id.in_(ids), shown_groups(call)))
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """History and members."""
        return [
            self_link(call, "group", row.id),
            *field_links(call, Lookup.GROUP, 0),
            {"ref": "history", "_url": f"{call.base}/group/{row.id}/history"},
            {"ref": "members", "_url": f"{call.base}/group/{row.id}/members"},
        ]


def shown_groups(call: Call) -> ColumnElement[bool]:
    """A clause over groups: those that the caller sees; the system's own with SeeGroup on the system."""
    made_up = and_(Group.domain == USER_DEFINED, visible_groups(call, Group.id))
    everything = call.login.is_privileged and call.work.rights.system(Right.SEE_GROUP)
    return or_(made_up, Group.domain != USER_DEFINED) if everything else made_up


def sees_group(call: Call, group: Group | None) -> bool:
    """The same for one group; None for one that is not there."""
    rights = call.work.rights
    if not call.login.is_privileged:
        return False
    if group is not None and group.domain == USER_DEFINED:
        return any(rights.of(right).on("group", group.id) for right in GROUP_RIGHTS)
    return bool(rights.system(Right.SEE_GROUP))


def _members(call: Call, rows: Sequence[Any]) -> Sequence[list[Ref] | None]:
    """Who is directly in a group that the site made up. One query for all."""
    ids = [row.id for row in rows if row.domain == USER_DEFINED]
    found: dict[int, list[Ref]] = defaultdict(list)
    query = (
        select(GroupMember.group_id, GroupMember.member_id, User.name)
        .outerjoin(User, User.id == GroupMember.member_id)
        .where(GroupMember.group_id.in_(ids))
        .order_by(GroupMember.member_id)
    )
    for group, member, name in call.work.db.execute(query) if ids else ():
        found[group].append(Ref("user", member, name) if name is not None else Ref("group", member))
    return [found.get(row.id, []) if row.domain == USER_DEFINED else None for row in rows]


def _disabled(call: Call, rows: Sequence[Any]) -> Sequence[bool]:
    off = select(Principal.id).where(Principal.id.in_([row.id for row in rows]), Principal.disabled.is_(True))
    found = frozenset(call.work.db.scalars(off))
    return [row.id in found for row in rows]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = field_refs(call, Lookup.GROUP, {row.id: 0 for row in rows})
    return [refs[row.id] for row in rows]


def _hyperlinks(call: Call, rows: Sequence[Any]) -> Sequence[list[Document]]:
    links = [GROUP.hyperlinks(call, row) for row in rows]
    for each, row in zip(links, rows, strict=True):
        each[0] = {**each[0], "id": Number(row.id)}
    return links


_FIELDS: Mapping[str, Reader] = {
    "Name": column("name"),
    "Description": column("description"),
    "Domain": column("domain"),
    "Instance": always(0),
    "Disabled": _disabled,
    "Members": _members,
    "CustomFields": _custom_fields,
    **past_fields(LOGGED_AS),
    "_hyperlinks": _hyperlinks,
}
GroupKind.fields = _FIELDS
GROUP = add_kind(GroupKind())
