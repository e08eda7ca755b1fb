"""Granting and revoking rights, on the system or on one thing, to people, groups and roles."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.change import Record
from rtpy.changes.configuring import note_configuration
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Ace, Group, Transaction
from rtpy.models.user import SYSTEM_USER
from rtpy.rights.grants import Rights
from rtpy.rights.holders import (
    Holder,
    Named,
    Place,
    lookups_of,
    name_holders,
    place_name,
    role_may_hold,
    roles_at,
)
from rtpy.rights.names import KINDS, LATER, QUEUE, SYSTEM, Right, help_for
from rtpy.work import Work

NEEDED: dict[str, Right] = {
    SYSTEM: Right.MODIFY_ACL,
    QUEUE: Right.MODIFY_ACL,
    "group": Right.ADMIN_GROUP,
    "custom_field": Right.ADMIN_CUSTOM_FIELD,
    "class": Right.ADMIN_CLASS,
    "catalog": Right.ADMIN_CATALOG,
}
"""The right that it takes to grant and revoke, by the kind of the place; it must be held there."""


@dataclass(frozen=True, slots=True)
class GrantChange:
    """One right given to a holder (`granted`), or taken away."""

    holder: Holder
    right: str
    granted: bool = True


def grant_right(work: Work, holder: Holder, right: str, place: Place) -> None:
    """Let `holder` have `right` there; nothing when it has it. Needs what `change_grants` needs."""
    change_grants(work, place, [GrantChange(holder, right)])


def revoke_right(work: Work, holder: Holder, right: str, place: Place) -> None:
    """Take `right` there away; nothing when it is not held. Needs what `change_grants` needs."""
    change_grants(work, place, [GrantChange(holder, right, granted=False)])


def change_grants(work: Work, place: Place, changes: Sequence[GrantChange]) -> int:
    """Do all of `changes` at one place, or none; returns how many made a difference.

    Needs the right of NEEDED there, and each right that is granted: nobody gives what they do not hold (RT lets them).
    SuperUser is given and taken by super-users only, never to a role or to everybody, and never taken from the last
    who holds it. Raises Invalid for what cannot be granted there, NotFound for a place or holder that does not exist,
    Refused for what the actor may not do.
    """
    where = place_name(work.db, place)
    _need_to_change(work, place, where, changes)
    named = name_holders(work.db, {change.holder for change in changes})
    problems = _problems(work, place, where, named, changes)
    if problems:
        raise Invalid(*problems)
    try:
        with work.db.begin_nested():  # who is refused below has changed nothing
            return _change(work, place, where, named, changes)
    finally:
        work.forget_rights()


def may_change_grants(work: Work, place: Place) -> bool:
    """May the actor grant and revoke there at all?"""
    return holds(work.rights, NEEDED[place.kind], place)


def may_see_grants(work: Work, place: Place) -> bool:
    """May the actor see who holds what there?"""
    return may_change_grants(work, place) or holds(work.rights, Right.SHOW_ACL, place)


def holds(rights: Rights, right: str, place: Place) -> bool:
    """Is `right` held on the whole place, without any role?"""
    grants = rights.of(right)
    if place.kind == SYSTEM:
        return grants.everywhere
    return grants.in_queue(place.id) if place.kind == QUEUE else grants.on(place.kind, place.id)


def _change(
    work: Work, place: Place, where: str, named: dict[Holder, Named], changes: Sequence[GrantChange]
) -> int:
    before = _rights_of(work, place, named)
    after = {holder: set(rights) for holder, rights in before.items()}
    made = 0
    for change in changes:
        held = after[change.holder]
        if (change.right in held) == change.granted:
            continue
        made += 1
        (held.add if change.granted else held.discard)(change.right)
        _apply(work, place, change)
    for holder, rights in before.items():
        name = f"{named[holder].words} on {where}"
        values = [{"rights": sorted(each)} for each in (rights, after[holder])]
        note_configuration(work, "right", place.id or None, name, values[0], values[1])
    work.db.flush()  # the rights are read anew from the rows
    if any(change.right == Right.SUPER_USER and not change.granted for change in changes):
        refuse_without_super_user(work)
    return made


def _need_to_change(work: Work, place: Place, where: str, changes: Iterable[GrantChange]) -> None:
    if not may_change_grants(work, place):
        raise Refused(f"You may not change rights on {where}: you need {NEEDED[place.kind]} there.")
    for change in changes:
        if change.right == Right.SUPER_USER and not work.rights.super_user:
            raise Refused("Only who holds SuperUser gives it to others or takes it away.")
        if change.granted and not holds(work.rights, change.right, place):
            raise Refused(f"You cannot grant {change.right} on {where}: you do not hold it there yourself.")


def _problems(
    work: Work, place: Place, where: str, named: dict[Holder, Named], changes: Iterable[GrantChange]
) -> list[Problem]:
    if place.kind not in KINDS:
        return [Problem("kind", f"Rights are held on {', '.join(KINDS)}.")]
    further = work.app.further_rights()
    lookups, roles = lookups_of(work.db), {each.holder for each in roles_at(work.db, place)}
    found = []
    for change in changes:
        right, holder = change.right, named.get(change.holder)
        help = help_for(right, further)
        if holder is None or holder.name == SYSTEM_USER:
            found.append(Problem("holder", "Choose people, groups and roles that exist."))
        elif not change.granted:
            continue  # whatever stands there may be taken away
        elif help is None or not help.is_of(place.kind):
            why = f": {LATER[right]}" if right in LATER else ""
            found.append(Problem("right", f"{right[:40]} is no right that is held on {where}{why}."))
        elif holder.holder.role is not None and not (
            holder.holder in roles and role_may_hold(holder.holder.role, help, lookups)
        ):
            found.append(Problem("right", f"{right} on {where} is not for the role {holder.name}."))
        elif right == Right.SUPER_USER and _is_of_the_system(work, holder):
            found.append(Problem("right", f"SuperUser is not for the group {holder.name}."))
    return found


def _is_of_the_system(work: Work, holder: Named) -> bool:
    if holder.kind != "group":
        return False
    group = work.db.get_one(Group, holder.holder.principal_id)
    return group.domain == "SystemInternal"


def _rights_of(work: Work, place: Place, named: Iterable[Holder]) -> dict[Holder, set[str]]:
    rows = work.db.execute(
        select(Ace.principal_id, Ace.role, Ace.right_name).where(
            Ace.object_type == place.kind, Ace.object_id == place.id
        )
    )
    held: dict[Holder, set[str]] = defaultdict(set)
    for principal_id, role, right in rows:
        held[Holder(principal_id, role)].add(right)
    return {holder: held[holder] for holder in named}


def _apply(work: Work, place: Place, change: GrantChange) -> None:
    holder, db = change.holder, work.db
    if change.granted:
        db.add(
            Ace(
                principal_id=holder.principal_id,
                role=holder.role,
                right_name=change.right,
                object_type=place.kind,
                object_id=place.id,
            )
        )
    else:
        same = select(Ace).where(
            Ace.right_name == change.right, Ace.object_type == place.kind, Ace.object_id == place.id
        )
        for ace in db.scalars(
            same.where(
                Ace.role == holder.role
                if holder.role is not None
                else Ace.principal_id == holder.principal_id
            )
        ):
            db.delete(ace)
    if place.kind == QUEUE:
        who = str(holder.principal_id) if holder.role is None else holder.role
        entry = (
            Transaction(type="AddRight", field=change.right, new_value=who)
            if change.granted
            else Transaction(type="DeleteRight", field=change.right, old_value=who)
        )
        record(work, QUEUE, place.id, Record(entry))
