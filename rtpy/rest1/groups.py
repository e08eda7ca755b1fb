"""The forms of groups, with their members where these are asked for."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select

from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import Contents
from rtpy.fields.definitions import fields_for
from rtpy.models import Group, GroupMember, Principal, User
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value
from rtpy.rest1.objects import Spec
from rtpy.rest1.queues import list_fields
from rtpy.rest1.things import contents_for, custom_fields
from rtpy.rights.names import Right

READING = (Right.SEE_GROUP, Right.ADMIN_GROUP, Right.ADMIN_GROUP_MEMBERSHIP, Right.MODIFY_OWN_MEMBERSHIP)
"""One of these is needed to see a group."""
USER_DEFINED = "UserDefined"


def show_groups(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """By number or name. At most five queries, however many."""
    found = find_groups(call, [spec.id for spec in specs])
    ids = {group.id for group, _ in found.values()}
    contents = contents_for(call, Lookup.GROUP, ids)
    members = read_members(call, ids) if "members" in map(str.lower, call.fields) else {}
    forms = []
    for spec in specs:
        entry = found.get(spec.id.lower())
        if entry is None:
            forms.append(missing(spec))
        else:
            forms.append(group_form(call, *entry, contents.get(entry[0].id, {}), members))
    return forms


def show_group_fields(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """The custom fields that groups have."""
    found = find_groups(call, [spec.id for spec in specs])
    definitions = fields_for(call.work.app, call.work.db, Lookup.GROUP)
    forms = []
    for spec in specs:
        entry = found.get(spec.id.lower())
        head = f"group/{entry[0].id}" if entry else ""
        forms.append(list_fields(call, head, definitions, 0) if entry else missing(spec))
    return forms


def show_new_group(call: Call) -> Form:
    """The empty form."""
    return Form(
        ("# Required: Name",), (("id", "group/new"), ("Name", ""), ("Description", ""), ("Disabled", "0"))
    )


def group_form(
    call: Call, group: Group, disabled: bool, contents: Contents, members: dict[int, list[str]]
) -> Form:
    """The form of one."""
    fields: list[tuple[str, Value]] = [
        ("id", f"group/{group.id}"),
        ("Name", group.name),
        ("Description", group.description),
        ("Disabled", str(int(disabled))),
        *custom_fields(call, Lookup.GROUP, group.id, contents),
    ]
    if "members" in map(str.lower, call.fields):
        fields.append(("Members", tuple(members.get(group.id, ()))))
    return Form(fields=tuple(fields))


def missing(spec: Spec) -> Form:
    """RT's sentences for a number and for a name."""
    if spec.number is not None:
        return Form((f"# Group {spec.id} does not exist.",))
    return Form((f"# No group named {spec.id} exists.",), (("id", str(spec)),))


def find_groups(call: Call, names: Sequence[str]) -> dict[str, tuple[Group, bool]]:
    """Groups that people made and that the caller may see, and whether they are off: by number and lower name.

    Groups are the staff's alone, as on the pages.
    """
    wanted = {name.lower() for name in names}
    numbers = {int(name) for name in wanted if name.isascii() and name.isdigit() and len(name) < 19}
    query = (
        select(Group, Principal.disabled)
        .join(Principal, Principal.id == Group.id)
        .where(Group.domain == USER_DEFINED)
        .where(or_(Group.id.in_(numbers), func.lower(Group.name).in_(wanted)))
    )
    found: dict[str, tuple[Group, bool]] = {}
    if not call.is_staff:
        return found
    for group, disabled in call.work.db.execute(query):
        if not any(call.work.rights.of(right).on("group", group.id) for right in READING):
            continue
        if group.id in numbers:
            found[str(group.id)] = (group, disabled)
        if not disabled and group.name.lower() in wanted:
            found.setdefault(group.name.lower(), (group, disabled))
    return found


def read_members(call: Call, ids: Collection[int]) -> dict[int, list[str]]:
    """Direct members: `Real Name <mail>`, and of groups in them `GROUP [Name] (member;member)`. Three queries."""
    direct = _direct(call, ids)
    inner = {member for members in direct.values() for member in members}
    groups = {
        row.id: row.name
        for row in call.work.db.execute(select(Group.id, Group.name).where(Group.id.in_(inner)))
    }
    below = _direct(call, groups) if groups else {}
    people = inner | {member for members in below.values() for member in members}
    shown = {
        row.id: f"{row.real_name or row.name} <{row.email_address}>" if row.email_address else row.name
        for row in call.work.db.execute(
            select(User.id, User.name, User.real_name, User.email_address).where(User.id.in_(people))
        )
    }

    def show(member: int) -> str:
        if member in groups:
            names = ";".join(shown[each] for each in below.get(member, ()) if each in shown)
            return f"GROUP [{groups[member]}] ({names})"
        return shown.get(member, str(member))

    return {group: [show(member) for member in members] for group, members in direct.items()}


def _direct(call: Call, ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = call.work.db.execute(
        select(GroupMember.group_id, GroupMember.member_id)
        .where(GroupMember.group_id.in_(ids))
        .order_by(GroupMember.id)
    )
    for row in rows:
        found.setdefault(row.group_id, []).append(row.member_id)
    return found
