"""Groups with their members: groups as `group:NAME`, people by login name."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.groups import (
    change_group,
    make_group,
    put_into_group,
    set_group_disabled,
    take_out_of_group,
)
from rtpy.changes.people import find_by_name
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.models import Group, GroupMember, Principal, User
from rtpy.work import Work

PREFIX = "group:"


def _dump(work: Work) -> Sequence[Entry]:
    members: dict[int, list[str]] = defaultdict(list)
    names = {group.id: group.name for group in work.db.scalars(select(Group))}
    query = select(GroupMember.group_id, GroupMember.member_id, User.name).outerjoin(
        User, User.id == GroupMember.member_id
    )
    for group_id, member_id, login in work.db.execute(query):
        members[group_id].append(login or f"{PREFIX}{names[member_id]}")
    rows = work.db.execute(
        select(Group, Principal.disabled)
        .join(Principal, Principal.id == Group.id)
        .where(Group.domain == "UserDefined")
        .order_by(Group.name)
    )
    return [
        {
            "name": group.name,
            "description": group.description,
            "members": sorted(members[group.id]),
            "second_factor": group.second_factor,
            "disabled": disabled,
        }
        for group, disabled in rows
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    group = find_group(work, str(entry["name"]))
    description = str(entry["description"])
    if group is None:
        group = make_group(work, name=str(entry["name"]), description=description)
    asks = bool(entry["second_factor"])
    change_group(work, group, name=str(entry["name"]), description=description, second_factor=asks)
    present = set(before["members"]) if before else set()
    wanted = {str(member) for member in entry["members"]}
    for member in sorted(wanted - present):
        put_into_group(work, group, principal_named(work, member))
    for member in sorted(present - wanted):
        take_out_of_group(work, group, principal_named(work, member))
    set_group_disabled(work, group, disabled=bool(entry["disabled"]))


def find_group(work: Work, name: str) -> Group | None:
    """The group that people made, by name without regard to case."""
    return work.db.scalar(
        select(Group).where(Group.domain == "UserDefined", func.lower(Group.name) == name.lower())
    )


def principal_named(work: Work, name: str) -> int:
    """The id of a person by login name, or of a group by `group:NAME`, the system's own included. Raises Invalid."""
    if name.startswith(PREFIX):
        wanted = name.removeprefix(PREFIX).strip()
        found = work.db.scalar(
            select(Group.id).where(func.lower(Group.name) == wanted.lower()).order_by(Group.domain)
        )
        if found is None:
            raise Invalid(
                Problem("members", f"There is no group {wanted}: put it before those that name it.")
            )
        return found
    user = find_by_name(work.db, name)
    if user is None:
        raise Invalid(Problem("members", f"There is no user {name}: add it under users."))
    return user.id


GROUPS = Section(
    "groups",
    ("name",),
    {"description": "", "members": [], "second_factor": False, "disabled": False},
    _dump,
    _save,
    unordered=frozenset({"members"}),
)
