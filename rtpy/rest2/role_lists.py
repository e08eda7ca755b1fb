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
from rtpy.rest2.problem import Problem
from rtpy.work import Work

RT_ROLE = "RT::CustomRole-"
"""How RT calls a custom role beside the other fields of a document, with its number behind."""

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
    if not deed.may and not call.login.is_privileged:  # who cannot change it learns nothing of who there is
        return [f"{label}: Permission Denied"]
    try:
        people = read_people(call.work, value, make=deed.may)
    except RtpyError as problem:
        return [say_refused(label, problem)]
    said = [f"{label}: {problem}" for problem in people.problems]
    come, go = role_difference(deed.present, people.ids)
    if people.problems:
        go = []  # who was not understood may be one of them: nobody is taken away
    names = principal_names(db, {*come, *go, *people.repeated})
    said += _try(call, label, come, names, deed.give, deed.say_given)
    said += [f"{names.get(each, each)} is already {deed.role}" for each in people.repeated]
    return said + _try(call, label, go, names, deed.take, deed.say_taken)


def first_people(call: Call, value: Any, *, may: bool) -> People:
    """Who has a role from the start; who is nobody is left out, as in RT. Raises Invalid for other JSON types."""
    return read_people(call.work, value, make=may)


def custom_roles_in(
    work: Work, document: Mapping[str, Any], lookup: str, applying: Collection[KnownRole]
) -> tuple[list[tuple[KnownRole, Any]], list[str]]:
    """The custom roles that a document gives, with their values, and the names of those that are none here.

    They stand in `CustomRoles` by name or number, or beside it as RT calls them, `RT::CustomRole-4`. Raises Problem
    400 when `CustomRoles` is no object.
    """
    given = document.get("CustomRoles") or {}
    if not isinstance(given, Mapping):
        raise Problem(400, "CustomRoles must be an object of names and people")
    named = {**{name: value for name, value in document.items() if name.startswith(RT_ROLE)}, **given}
    roles = roles_of(work.app, work.db)
    found: list[tuple[KnownRole, Any]] = []
    unknown: list[str] = []
    for name, value in named.items():
        known = roles.named(name, lookup) or (
            roles.named(f"{PREFIX}{name}", lookup) if name.isdigit() else None
        )
        if known is None or known not in applying:
            unknown.append(name)
        else:
            found.append((known, value))
    return found, unknown


def say_unknown_roles(label: str, names: Collection[str]) -> list[str]:
    """One sentence for each."""
    return [f"{label}: Unknown custom role '{name[:60]}'" for name in names]


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
