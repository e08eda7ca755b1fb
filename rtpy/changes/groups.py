"""Groups as people keep them: made, renamed, switched off, joined and left; in the history and in the log."""

from sqlalchemy import func, select

from rtpy.changes.change import Record
from rtpy.changes.configuring import note_configuration
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.membership import add_member, create_group, enable_group, remove_member
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Group, Principal, Transaction, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.grants import would_be_super_user
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 200
USER_DEFINED = "UserDefined"


def make_group(work: Work, *, name: str, description: str = "") -> Group:
    """Make a group without members. Needs AdminGroup on the system; raises Invalid for a name that is taken or none."""
    if not work.rights.system(Right.ADMIN_GROUP):
        raise Refused("You may not make groups: the right AdminGroup on the system is needed.")
    name, description = _good_name(work, name, None), _line(description)
    group = create_group(work, name, description=description)
    record(work, "group", group.id, Record(Transaction(type="Create", data=name)))
    note_configuration(work, "group", group.id, name, None, {"name": name, "description": description})
    return group


def change_group(
    work: Work, group: Group, *, name: str, description: str, second_factor: bool | None = None
) -> None:
    """Rename it, say what it is for, and whether its members need a second factor (None: as it is).

    Needs AdminGroup; raises Invalid.
    """
    _need(work, group, Right.ADMIN_GROUP)
    name, description = _good_name(work, name, group.id), _line(description)
    before = {"name": group.name, "description": group.description, "second factor": group.second_factor}
    if second_factor is not None and second_factor is not group.second_factor:
        _need_super(work, group)
        group.second_factor = second_factor
        entry = Transaction(type="Set", field="SecondFactor", new_value="asked" if second_factor else "free")
        record(work, "group", group.id, Record(entry))
    for column, field, value in (("name", "Name", name), ("description", "Description", description)):
        old = getattr(group, column)
        if old != value:
            setattr(group, column, value)
            change = Transaction(type="Set", field=field, old_value=old, new_value=value)
            record(work, "group", group.id, Record(change))
    after = {"name": name, "description": description, "second factor": group.second_factor}
    note_configuration(work, "group", group.id, name, before, after)


def set_group_disabled(work: Work, group: Group, *, disabled: bool) -> None:
    """Switch it off, so that nobody holds a right or gets a mail through it, or on again. Needs AdminGroup.

    Raises Refused when nobody would be left who holds SuperUser.
    """
    _need(work, group, Right.ADMIN_GROUP)
    _need_super(work, group)
    if work.db.get_one(Principal, group.id).disabled is disabled:
        return
    enable_group(work, group, enabled=not disabled)
    record(work, "group", group.id, Record(Transaction(type="Disabled" if disabled else "Enabled")))
    note_configuration(
        work, "group", group.id, group.name, {"disabled": not disabled}, {"disabled": disabled}
    )
    if disabled:
        refuse_without_super_user(work)


def put_into_group(work: Work, group: Group, member_id: int) -> None:
    """Put a user or a group into it; nothing when it is in it. Needs AdminGroupMembership.

    For oneself ModifyOwnMembership is enough. Raises Refused for a circle, with its path.
    """
    _need_membership(work, group, member_id)
    member = _member(work, member_id)
    if not add_member(work, group, member_id):
        return
    _note_member(work, group, member, joined=True)


def take_out_of_group(work: Work, group: Group, member_id: int) -> None:
    """Take a direct member out of it; nothing when it is none. Needs the same rights as putting it in.

    Raises Refused when nobody would be left who holds SuperUser.
    """
    _need_membership(work, group, member_id)
    member = work.db.get(User, member_id) or work.db.get(Group, member_id)
    if member is None or not remove_member(work, group, member_id):
        return
    _note_member(work, group, member, joined=False)
    refuse_without_super_user(work)


def may_on_group(work: Work, group: Group, *rights: str) -> bool:
    """Does the actor hold one of `rights` on the group, or on the system?"""
    return any(work.rights.of(right).on("group", group.id) for right in rights)


def _note_member(work: Work, group: Group, member: User | Group, *, joined: bool) -> None:
    kind = "member group" if isinstance(member, Group) else "member"
    gone, there = {kind: None}, {kind: member.name}
    if joined:
        entry = Transaction(type="AddMember", new_value=str(member.id))
        theirs = Transaction(type="AddMembership", new_value=str(group.id))
    else:
        entry = Transaction(type="DeleteMember", old_value=str(member.id))
        theirs = Transaction(type="DeleteMembership", old_value=str(group.id))
    record(work, "group", group.id, Record(entry))
    record(work, "group" if isinstance(member, Group) else "user", member.id, Record(theirs))
    before, after = (gone, there) if joined else (there, gone)
    note_configuration(work, "group", group.id, group.name, before, after)


def _member(work: Work, member_id: int) -> User | Group:
    group = work.db.get(Group, member_id)
    if group is not None and group.domain == USER_DEFINED:
        return group
    user = work.db.get(User, member_id)
    if user is None or user.name in (SYSTEM_USER, NOBODY):
        raise Invalid(Problem("member", "Choose a person or a group."))
    if user.merged_into_id is not None:
        raise Invalid(
            Problem("member", f"{user.display_name} was merged into somebody else: choose that person.")
        )
    return user


def _need(work: Work, group: Group, right: str) -> None:
    if group.domain != USER_DEFINED:
        raise Refused(f"{group.name} is part of rtpy itself: everybody is in it by what they are.")
    if not may_on_group(work, group, right):
        raise Refused(f"You may not change the group {group.name}: the right {right} is needed.")


def _need_membership(work: Work, group: Group, member_id: int) -> None:
    own = member_id == work.actor.user_id and may_on_group(work, group, Right.MODIFY_OWN_MEMBERSHIP)
    _need(work, group, Right.MODIFY_OWN_MEMBERSHIP if own else Right.ADMIN_GROUP_MEMBERSHIP)
    _need_super(work, group)


def _need_super(work: Work, group: Group) -> None:
    """Who is in a group of super-users is decided by super-users, or its members could be anybody's."""
    if not work.rights.super_user and would_be_super_user(work.db, group.id):
        raise Refused(f"The group {group.name} holds SuperUser: only a super-user changes who is in it.")


def _good_name(work: Work, name: str, own_id: int | None) -> str:
    name = _line(name)
    if not name or len(name) > LONGEST:
        raise Invalid(Problem("name", f"Give the group a name of up to {LONGEST} letters."))
    query = select(Group.id).where(Group.domain == USER_DEFINED, func.lower(Group.name) == name.lower())
    taken = work.db.scalar(query.where(Group.id != own_id) if own_id else query)
    if taken is not None:
        raise Invalid(Problem("name", f"There is a group {name} already."))
    return name


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:255]
