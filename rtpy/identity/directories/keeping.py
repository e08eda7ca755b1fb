"""People of directories as accounts of ours: linked once by their unique id, and kept as the directory has them."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select

from rtpy.changes.accounts import change_person, create_account, is_privileged, refuse_builtin, set_privileged
from rtpy.changes.organizations import add_organization_member
from rtpy.changes.people import find_by_address, find_by_name, organization_of
from rtpy.changes.photos import keep_directory_photo
from rtpy.errors import Invalid, Refused
from rtpy.identity.directories.directory import Entry
from rtpy.identity.directories.person import Person, photo_of, read_person
from rtpy.identity.directories.presets import PHOTO
from rtpy.identity.directories.reach import UNCOVERED, reach_of
from rtpy.identity.directories.settings import Settings
from rtpy.models import (
    DirectoryPerson,
    Organization,
    OrganizationMember,
    Principal,
    User,
)
from rtpy.rights.grants import would_be_super_user
from rtpy.work import Work

log = logging.getLogger("rtpy.directory")

SEEN_EVERY = timedelta(hours=1)
"""How often it is written down that somebody was there."""


def keep_person(work: Work, settings: Settings, entry: Entry) -> User:
    """The account of somebody whose password the directory has just found right: found, linked or made; up to date.

    Raises Refused, with the reason for administrators, when they may not come in as anybody.
    """
    person = read_person(settings, entry)
    link = work.db.scalar(
        select(DirectoryPerson).where(
            DirectoryPerson.directory_id == settings.id, DirectoryPerson.unique_id == person.unique_id
        )
    )
    values = _values(work, settings, person)
    if link is None:
        user = _account(work, settings, values)
        link = DirectoryPerson(
            directory_id=settings.id,
            unique_id=person.unique_id,
            user_id=user.id,
            dn=person.dn,
            seen=work.now,
        )
        work.db.add(link)
        if settings.privileged and settings.organization_id is None:
            set_privileged(work, user, privileged=True)
    else:
        user = work.db.get_one(User, link.user_id)
    if link.dn != person.dn or work.now - link.seen > SEEN_EVERY:
        link.dn, link.seen = person.dn, work.now
    if work.db.get_one(Principal, user.id).disabled:
        raise Refused(f"The account {user.name} is switched off.")
    if settings.organization_id is not None:
        if is_privileged(work, user.id) or would_be_super_user(work.db, user.id):
            raise Refused(f"The account {user.name} is staff: a client's directory lets in none of those.")
        organization = work.db.get_one(Organization, settings.organization_id)
        add_organization_member(work, organization, user)
    _change(work, user, values)
    if settings.attributes.get(PHOTO):
        keep_directory_photo(work, user, photo_of(settings, entry))
    return user


def refusal(work: Work, settings: Settings, user: User) -> str:
    """Why an account of ours may not become that of somebody in the directory; empty when it may."""
    try:
        refuse_builtin(user)
    except Refused as builtin:
        return str(builtin)
    if work.db.scalar(select(DirectoryPerson.id).where(DirectoryPerson.user_id == user.id).limit(1)):
        return f"The account {user.name} belongs to another entry or another directory already."
    if would_be_super_user(work.db, user.id):
        return f"The account {user.name} holds SuperUser: such accounts are never taken over."
    is_staff = is_privileged(work, user.id)
    if settings.organization_id is not None:
        if is_staff:
            return f"The account {user.name} is one of your staff: a client's directory never takes it over."
        if not _is_of(work, user, settings.organization_id):
            return f"The account {user.name} does not belong to this client: make them a member first."
    if (is_staff or user.password_hash is not None) and not settings.take_over:
        what = "has a password of its own" if user.password_hash is not None else "is staff"
        return f"The account {user.name} {what}: tick that such accounts may be taken over, or rename one of them."
    return ""


def _values(work: Work, settings: Settings, person: Person) -> dict[str, str]:
    values = {**person.fields, "name": person.name}
    reach = reach_of(work, settings)
    for field in ("email_address", "name"):
        if not reach.covers(values.get(field, "")):
            log.warning("directory %s: the %s of %s %s", settings.id, field, person.unique_id, UNCOVERED)
            del values[field]
    return {field: value for field, value in values.items() if value or field != "name"}


def _account(work: Work, settings: Settings, values: Mapping[str, str]) -> User:
    """The account for an entry that has none yet."""
    name, address = values.get("name", ""), values.get("email_address", "")
    if not name:
        raise Refused("The entry has no login name that can be one here.")
    found = find_by_address(work.db, address) if address else None
    found = found or find_by_name(work.db, name)
    if found is not None:
        why = refusal(work, settings, found)
        if why:
            raise Refused(why)
        return found
    wanted = dict(values)
    while True:
        try:
            return create_account(work, privileged=False, **wanted)
        except Invalid as wrong:
            fields = {problem.field for problem in wrong.problems} & wanted.keys()
            if not fields or "name" in fields:
                raise Refused(str(wrong)) from wrong
            wanted = {field: value for field, value in wanted.items() if field not in fields}


def _change(work: Work, user: User, values: Mapping[str, str]) -> None:
    """What cannot be taken over, such as an address that is somebody else's, holds up none of the rest."""
    wanted = {field: value for field, value in values.items() if (getattr(user, field) or "") != value}
    while wanted:
        try:
            change_person(work, user, **wanted)
            return
        except Invalid as wrong:
            fields = {problem.field for problem in wrong.problems}
            log.warning("directory: user %s keeps %s: %s", user.id, ", ".join(sorted(fields)), wrong)
            if not fields & wanted.keys():
                return
            wanted = {field: value for field, value in wanted.items() if field not in fields}


def _is_of(work: Work, user: User, organization_id: int) -> bool:
    """By membership, or by the domain of the address."""
    found = organization_of(work.db, user)
    if found is not None and found[0] == organization_id:
        return True
    memberships = select(func.count()).where(
        OrganizationMember.user_id == user.id, OrganizationMember.organization_id == organization_id
    )
    return bool(work.db.scalar(memberships))
