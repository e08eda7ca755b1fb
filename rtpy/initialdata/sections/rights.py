"""Rights: who holds which, on the system or on one thing."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.grants import GrantChange, change_grants
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.custom_roles import role_named
from rtpy.initialdata.sections.groups import PREFIX, principal_named
from rtpy.models import Ace, CustomRole, Group, User
from rtpy.models.custom_role import PREFIX as ROLE_PREFIX
from rtpy.models.user import SYSTEM_USER
from rtpy.rights.holders import ASSET_ROLES, TICKET_ROLES, Holder, Place, things_of
from rtpy.rights.names import KINDS, LATER, SYSTEM
from rtpy.work import Work

ROLE = "role:"


def _dump(work: Work) -> Sequence[Entry]:
    groups = {group.id: f"{PREFIX}{group.name}" for group in work.db.scalars(select(Group))}
    users: dict[int, str] = {row.id: row.name for row in work.db.execute(select(User.id, User.name))}
    roles = {role.role: role.name for role in work.db.scalars(select(CustomRole))}
    places = {SYSTEM: {0: ""}, **{kind: dict(things_of(work.db, kind)) for kind in KINDS if kind != SYSTEM}}
    held: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for ace in work.db.scalars(select(Ace)):
        if ace.principal_id is None:
            role = str(ace.role)
            holder = f"{ROLE}{roles.get(role, role)}"
        else:
            holder = groups.get(ace.principal_id) or users[ace.principal_id]
        thing = places.get(ace.object_type, {}).get(ace.object_id)
        if holder != SYSTEM_USER and thing is not None:
            held[holder, ace.object_type, thing].add(ace.right_name)
    return [
        {"holder": holder, "on": kind, "name": thing, "rights": sorted(rights)}
        for (holder, kind, thing), rights in sorted(held.items(), key=lambda each: each[0])
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> Sequence[str]:
    place, holder = _place(work, str(entry["on"]), str(entry["name"])), _holder(work, str(entry["holder"]))
    present = set(before["rights"]) if before else set()
    later = sorted({str(right) for right in entry["rights"]} & LATER.keys())
    wanted = {str(right) for right in entry["rights"]} - set(later)
    changes = [GrantChange(holder, right) for right in sorted(wanted - present)]
    changes += [GrantChange(holder, right, granted=False) for right in sorted(present - wanted)]
    change_grants(work, place, changes)
    return [f"{right} is left out: {LATER[right]}" for right in later]


def _holder(work: Work, name: str) -> Holder:
    if not name.startswith(ROLE):
        return Holder(principal_named(work, name))
    role = name.removeprefix(ROLE).strip()
    if role in TICKET_ROLES or role in ASSET_ROLES or role.startswith(ROLE_PREFIX):
        return Holder(role=role)
    return Holder(role=role_named(work, role).role)


def _place(work: Work, kind: str, name: str) -> Place:
    if kind not in KINDS:
        raise Invalid(Problem("on", f"“{kind}” holds no rights: write one of {', '.join(KINDS)}."))
    if kind == SYSTEM:
        return Place()
    for object_id, each in things_of(work.db, kind):
        if each.lower() == name.lower():
            return Place(kind, object_id)
    raise Invalid(Problem("name", f"There is no {kind.replace('_', ' ')} {name}."))


RIGHTS = Section(
    "rights",
    ("holder", "on", "name"),
    {"on": SYSTEM, "name": "", "rights": []},
    _dump,
    _save,
    unordered=frozenset({"rights"}),
)
