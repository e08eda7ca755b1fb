"""One step done, through the same functions as pages use; the caller puts a savepoint around it."""

from collections.abc import Callable, Mapping

from sqlalchemy import delete, select

from rtpy.changes.accounts import change_person, create_account, is_privileged, set_privileged
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.groups import change_group, make_group, put_into_group, take_out_of_group
from rtpy.changes.organizations import add_organization_member
from rtpy.changes.photos import keep_directory_photo
from rtpy.content.photo import photo_type
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Conflict
from rtpy.identity.accounts import set_disabled
from rtpy.identity.directories.keeping import refusal
from rtpy.identity.directory_sync.known import groups_named
from rtpy.identity.directory_sync.plan import Syncing
from rtpy.identity.directory_sync.steps import Deed, Step
from rtpy.models import (
    DirectoryGroup,
    DirectoryHold,
    DirectoryPerson,
    Group,
    Organization,
    Principal,
    User,
)
from rtpy.rights.grants import would_be_super_user
from rtpy.work import Work


def apply_step(work: Work, syncing: Syncing, step: Step, photo: bytes = b"") -> None:
    """Do it; `work` is RT_System's. `photo` is what the directory shows now, for steps about one.

    Raises Conflict when things are no longer as the plan found them; Refused and Invalid as the page would.
    """
    if step.deed == Deed.PHOTO:
        _photo(work, syncing, step, photo)
    else:
        _DEEDS[step.deed](work, syncing, step)


def _create(work: Work, syncing: Syncing, step: Step) -> None:
    if _link(work, syncing, step.unique_id) is not None:
        raise Conflict("This entry has an account already.")
    values = {key: value for key, value in step.after.items() if key not in ("dn", "privileged")}
    user = create_account(work, privileged=step.after.get("privileged") == "1", **values)
    _store_link(work, syncing, step, user)
    if syncing.settings.organization_id:
        add_organization_member(work, _organization(work, syncing), user)


def _link_account(work: Work, syncing: Syncing, step: Step) -> None:
    user = work.db.get_one(User, step.user_id)
    why = refusal(work, syncing.settings, user)
    if user.merged_into_id is not None or _link(work, syncing, step.unique_id) is not None:
        why = "The account or the entry was linked or merged meanwhile."
    if why:
        raise Conflict(why)
    _store_link(work, syncing, step, user)
    if step.after.get("privileged") == "1":
        set_privileged(work, user, privileged=True)


def _change(work: Work, syncing: Syncing, step: Step) -> None:
    user = _person(work, syncing, step)
    _need_touchable(work, syncing, user)
    if any((getattr(user, key) or "") != value for key, value in step.before.items()):
        raise Conflict("Somebody has changed it meanwhile: the next run looks again.")
    change_person(work, user, **step.after)


def _join(work: Work, syncing: Syncing, step: Step) -> None:
    add_organization_member(work, _organization(work, syncing), _person(work, syncing, step))


def _disable(work: Work, syncing: Syncing, step: Step) -> None:
    user = _person(work, syncing, step)
    if work.db.get_one(Principal, user.id).disabled:
        raise Conflict("The account is switched off already.")
    _need_touchable(work, syncing, user)
    set_disabled(work, user, disabled=True)
    _forget_hold(work, user.id)
    work.db.add(DirectoryHold(user_id=user.id, directory_id=syncing.settings.id, since=work.now))


def _enable(work: Work, syncing: Syncing, step: Step) -> None:
    user = _person(work, syncing, step)
    held = work.db.get(DirectoryHold, user.id)
    if held is None or held.directory_id != syncing.settings.id:
        raise Conflict("Somebody else has switched the account off.")
    set_disabled(work, user, disabled=False)
    _forget_hold(work, user.id)


def _create_group(work: Work, syncing: Syncing, step: Step) -> None:
    if _group_id(work, syncing, step.unique_id) is not None:
        raise Conflict("This group is here already.")
    description = f"Kept by the directory {syncing.settings.name}"
    _store_group(work, syncing, step, make_group(work, name=step.after["name"], description=description).id)


def _link_group(work: Work, syncing: Syncing, step: Step) -> None:
    there = groups_named(work.db, [step.after["name"]]).get(step.after["name"].lower())
    if there is None or there[1] is not None or would_be_super_user(work.db, there[0]):
        raise Conflict("The group is no longer one that may be taken over.")
    _store_group(work, syncing, step, there[0])


def _rename_group(work: Work, syncing: Syncing, step: Step) -> None:
    group = _group(work, syncing, step)
    change_group(work, group, name=step.after["name"], description=group.description)


def _add_member(work: Work, syncing: Syncing, step: Step) -> None:
    put_into_group(work, _group(work, syncing, step), _member(work, syncing, step))


def _remove_member(work: Work, syncing: Syncing, step: Step) -> None:
    take_out_of_group(work, _group(work, syncing, step), _member(work, syncing, step))


def _manager(work: Work, syncing: Syncing, step: Step) -> None:
    user = _person(work, syncing, step)
    if syncing.manager_field_id is None:
        raise Conflict("No field for managers is chosen any more.")
    name = step.after["manager"]
    given = GivenFields({syncing.manager_field_id: (name,) if name else ()})
    set_fields(work, Lookup.USER, user.id, given)


def _photo(work: Work, syncing: Syncing, step: Step, photo: bytes) -> None:
    user = _person(work, syncing, step)
    _need_touchable(work, syncing, user)
    if step.after["photo"] and not photo_type(photo):
        raise Conflict("The directory does not show this photo any more: the next run looks again.")
    keep_directory_photo(work, user, photo if step.after["photo"] else b"")


_DEEDS: Mapping[str, Callable[[Work, Syncing, Step], None]] = {
    Deed.LINK: _link_account,
    Deed.CREATE: _create,
    Deed.CHANGE: _change,
    Deed.JOIN: _join,
    Deed.LINK_GROUP: _link_group,
    Deed.CREATE_GROUP: _create_group,
    Deed.RENAME_GROUP: _rename_group,
    Deed.REMOVE_MEMBER: _remove_member,
    Deed.ADD_MEMBER: _add_member,
    Deed.MANAGER: _manager,
    Deed.ENABLE: _enable,
    Deed.DISABLE: _disable,
}


def _link(work: Work, syncing: Syncing, unique_id: str) -> DirectoryPerson | None:
    return work.db.scalar(
        select(DirectoryPerson).where(
            DirectoryPerson.directory_id == syncing.settings.id, DirectoryPerson.unique_id == unique_id
        )
    )


def _store_link(work: Work, syncing: Syncing, step: Step, user: User) -> None:
    work.db.add(
        DirectoryPerson(
            directory_id=syncing.settings.id,
            unique_id=step.unique_id,
            user_id=user.id,
            dn=step.after["dn"],
            seen=work.now,
        )
    )


def _person(work: Work, syncing: Syncing, step: Step) -> User:
    link = _link(work, syncing, step.unique_id)
    if link is None or (step.user_id is not None and link.user_id != step.user_id):
        raise Conflict("The entry has no account here any more.")
    return work.db.get_one(User, link.user_id)


def _need_touchable(work: Work, syncing: Syncing, user: User) -> None:
    """Plans grow old: those whom a sync never touches are asked for again."""
    if user.password_hash is not None and would_be_super_user(work.db, user.id):
        raise Conflict("The account holds SuperUser and has a password of its own: it stays as it is.")
    if syncing.settings.organization_id is not None and is_privileged(work, user.id):
        raise Conflict("The account is one of your staff: a client's directory never touches it.")


def _organization(work: Work, syncing: Syncing) -> Organization:
    return work.db.get_one(Organization, syncing.settings.organization_id)


def _group_id(work: Work, syncing: Syncing, unique_id: str) -> int | None:
    return work.db.scalar(
        select(DirectoryGroup.group_id).where(
            DirectoryGroup.directory_id == syncing.settings.id, DirectoryGroup.unique_id == unique_id
        )
    )


def _group(work: Work, syncing: Syncing, step: Step) -> Group:
    group_id = _group_id(work, syncing, step.unique_id)
    if group_id is None:
        raise Conflict("The group is not there: it could not be made, or is the directory's no more.")
    return work.db.get_one(Group, group_id)


def _store_group(work: Work, syncing: Syncing, step: Step, group_id: int) -> None:
    work.db.add(
        DirectoryGroup(
            directory_id=syncing.settings.id, unique_id=step.unique_id, group_id=group_id, dn=step.after["dn"]
        )
    )


def _member(work: Work, syncing: Syncing, step: Step) -> int:
    """The id of the person or group that comes or goes."""
    unique_id = step.after["member"]
    if step.after["member_kind"] == "group":
        found = _group_id(work, syncing, unique_id)
    else:
        link = _link(work, syncing, unique_id)
        found = link.user_id if link else None
    if found is None:
        raise Conflict("The member is not there: it could not be made, or is the directory's no more.")
    return found


def _forget_hold(work: Work, user_id: int) -> None:
    work.db.execute(delete(DirectoryHold).where(DirectoryHold.user_id == user_id))
