"""Roles of queues, catalogs and assets in an update: the list given is the whole role afterwards."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.roles import KnownRole, roles_of
from rtpy.errors import RtpyError
from rtpy.models import Group, User
from rtpy.models.custom_role import PREFIX
from rtpy.rest.people import People, read_people, role_difference
from rtpy.rest2.call import Call
from rtpy.rest2.changed_words import say_refused
from rtpy.work import Work

Give = Callable[[int], object]
"""Gives the role to one principal, or takes it away. Raises Refused or Invalid."""


@dataclass(frozen=True, slots=True)
class RoleDeed:
    """How one role of one thing is changed, and what is said of it; the sentences are about a name."""

    role: str
    present: Collection[int]
    may: bool
    """May the caller change it? Only then an unknown mail address makes a person."""
    give: Give
    take: Give
    say_given: Callable[[str], str]
    say_taken: Callable[[str], str]


def put_role(call: Call, label: str, value: Any, deed: RoleDeed) -> list[str]:
    """Add who is missing, then take away who is not named any more; a sentence for each."""
    db = call.work.db
    try:
        people = read_people(call.work, value, make=deed.may)
    except RtpyError as problem:
        return [say_refused(label, problem)]
    said = [f"{label}: {problem}" for problem in people.problems]
    come, go = role_difference(deed.present, people.ids)
    if people.problems and not people.ids:
        go = []  # nobody was understood: that is no wish to empty the role
    names = principal_names(db, {*come, *go, *people.repeated})
    said += _try(call, label, come, names, deed.give, deed.say_given)
    said += [f"{names.get(each, each)} is already {deed.role}" for each in people.repeated]
    return said + _try(call, label, go, names, deed.take, deed.say_taken)


def first_people(call: Call, value: Any, *, may: bool) -> People:
    """Who has a role from the start; who is nobody is left out, as in RT. Raises Invalid for other JSON types."""
    return read_people(call.work, value, make=may)


def role_named(work: Work, name: str, lookup: str) -> KnownRole | None:
    """The custom role that a document calls so: by name, by number, or as RT does, `RT::CustomRole-4`."""
    roles = roles_of(work.app, work.db)
    found = roles.named(name, lookup) or (roles.named(f"{PREFIX}{name}", lookup) if name.isdigit() else None)
    return found if found is not None and found.lookup == lookup else None


def principal_names(db: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Login names of users, names of groups. Two queries at most."""
    if not ids:
        return {}
    found = {row.id: row.name for row in db.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    others = set(ids) - found.keys()
    if others:
        rows = db.execute(select(Group.id, Group.name).where(Group.id.in_(others)))
        found |= {row.id: row.name for row in rows}
    return found


def _try(
    call: Call,
    label: str,
    ids: Collection[int],
    names: Mapping[int, str],
    deed: Give,
    say: Callable[[str], str],
) -> list[str]:
    said = []
    for each in ids:
        try:
            with call.work.db.begin_nested():
                deed(each)
        except RtpyError as problem:
            said.append(say_refused(label, problem))
        else:
            said.append(say(names.get(each, str(each))))
    return said
