"""Changing custom roles: made, renamed, switched off, put into queues or catalogs; each change is in the log."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.guard import changing
from rtpy.changes.roles import TAKEN_NAMES
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import AssetWatcher, Catalog, CustomRole, CustomRolePlace, Queue, Watcher
from rtpy.rights.names import Right
from rtpy.work import Work

LOOKUPS = ("ticket", "asset")
PLACE_KINDS = {"ticket": "queue", "asset": "catalog"}
PLACES: dict[str, type[Queue] | type[Catalog]] = {"ticket": Queue, "asset": Catalog}


@dataclass(frozen=True, slots=True)
class RoleValues:
    """What a custom role is. `single`: for exactly one person; else for any number of people and groups."""

    name: str
    description: str = ""
    entry_hint: str = ""
    single: bool = False
    lookup: str = "ticket"
    disabled: bool = False
    places: frozenset[int] = frozenset()
    """Ids of the queues (for a role of assets: of the catalogs) in which it applies."""


def create_custom_role(work: Work, values: RoleValues) -> CustomRole:
    """Make a role. Needs AdminCustomRoles; raises Invalid for a bad or taken name."""
    need_system(work, Right.ADMIN_CUSTOM_ROLES)
    _check(work, values, None)
    role = CustomRole(
        name=values.name,
        description=values.description,
        entry_hint=values.entry_hint,
        max_values=1 if values.single else 0,
        lookup=values.lookup,
        disabled=values.disabled,
    )
    work.db.add(role)
    work.db.flush()  # its places point at it
    _set_places(work, role, values.places)
    note_configuration(work, "custom_role", role.id, role.name, None, _plain(work, role))
    return role


def change_custom_role(work: Work, role_id: int, values: RoleValues) -> CustomRole:
    """Change a role. What it is a role of stays; a role that several play cannot become one for a single person.

    Needs AdminCustomRoles. Who plays it stays stored where it is switched off or taken out of a queue or catalog.
    """
    need_system(work, Right.ADMIN_CUSTOM_ROLES)
    role = work.db.get(CustomRole, role_id)
    if role is None:
        raise NotFound("There is no such role.")
    _check(work, values, role)
    before = _plain(work, role)
    role.name, role.description = values.name, values.description
    role.entry_hint, role.disabled = values.entry_hint, values.disabled
    role.max_values = 1 if values.single else 0
    _set_places(work, role, values.places)
    note_configuration(work, "custom_role", role.id, role.name, before, _plain(work, role))
    work.db.flush()  # what is remembered is read from the table
    return role


def delete_custom_role(work: Work, role_id: int) -> None:
    """Delete a role that nobody ever played. Needs AdminCustomRoles."""
    need_system(work, Right.ADMIN_CUSTOM_ROLES)
    role = work.db.get(CustomRole, role_id)
    if role is None:
        raise NotFound("There is no such role.")
    if _is_played(work, role):
        raise Invalid(Problem("", f"{role.name} is played on {_played_on(role)}: switch it off instead."))
    before = _plain(work, role)
    with changing(work.db):
        work.db.execute(delete(CustomRolePlace).where(CustomRolePlace.custom_role_id == role.id))
        work.db.delete(role)
        work.db.flush()  # what is remembered is read from the table
    note_configuration(work, "custom_role", role_id, role.name, before, None)


def _check(work: Work, values: RoleValues, role: CustomRole | None) -> None:
    problems: list[Problem] = []
    name = values.name
    if not name or len(name) > 200:
        problems.append(Problem("name", "Give the role a name of at most 200 characters."))
    elif name.lower() in TAKEN_NAMES:
        problems.append(
            Problem("name", f"“{name}” is the name of a role that is always there: choose another.")
        )
    elif any(sign in name for sign in ",/\n") or name.startswith(("RT::", "CustomRole-")):
        problems.append(
            Problem("name", "A name holds no comma and no slash: scrips name roles between them.")
        )
    elif _is_taken(work, values, role):
        problems.append(Problem("name", f"There is a role “{name}” already: choose another name."))
    problems += [
        Problem(field, f"{words} may be at most 255 characters long.")
        for field, words in (("description", "The description"), ("entry_hint", "The hint"))
        if len(getattr(values, field)) > 255
    ]
    if values.lookup not in LOOKUPS or (role is not None and role.lookup != values.lookup):
        problems.append(Problem("lookup", "A role is one of tickets or of assets, and stays so."))
    if role is not None and role.is_single != values.single and _is_played(work, role):
        problems.append(
            Problem(
                "single", "It is played already: whether one or several play it cannot be changed any more."
            )
        )
    elif values.places:
        model = PLACES[values.lookup]
        known = set(work.db.scalars(select(model.id).where(model.id.in_(values.places))))
        if set(values.places) - known:
            kind = f"{PLACE_KINDS[values.lookup]}s"
            problems.append(Problem("places", f"One of the {kind} is not there any more: look again."))
    if problems:
        raise Invalid(*problems)


def _is_taken(work: Work, values: RoleValues, role: CustomRole | None) -> bool:
    found = work.db.scalar(select(CustomRole.id).where(func.lower(CustomRole.name) == values.name.lower()))
    return found is not None and (role is None or found != role.id)


def _is_played(work: Work, role: CustomRole) -> bool:
    model = Watcher if role.lookup == "ticket" else AssetWatcher
    return work.db.scalar(select(model.id).where(model.role == role.role).limit(1)) is not None


def _played_on(role: CustomRole) -> str:
    return f"{role.lookup}s or {PLACE_KINDS[role.lookup]}s"


def _set_places(work: Work, role: CustomRole, wanted: Collection[int]) -> None:
    rows = {
        row.object_id: row
        for row in work.db.scalars(select(CustomRolePlace).where(CustomRolePlace.custom_role_id == role.id))
    }
    for object_id in set(wanted) - set(rows):
        work.db.add(
            CustomRolePlace(custom_role_id=role.id, object_type=PLACE_KINDS[role.lookup], object_id=object_id)
        )
    for object_id in set(rows) - set(wanted):
        work.db.delete(rows[object_id])
    work.db.flush()  # what is remembered is read from the table


def _plain(work: Work, role: CustomRole) -> dict[str, object]:
    """The role by names, for the log and for export."""
    model = PLACES[role.lookup]
    ids = select(CustomRolePlace.object_id).where(CustomRolePlace.custom_role_id == role.id)
    names = list(work.db.scalars(select(model.name).where(model.id.in_(ids)).order_by(model.name)))
    return {
        "name": role.name,
        "description": role.description,
        "entry_hint": role.entry_hint,
        "single": role.is_single,
        "lookup": role.lookup,
        "disabled": role.disabled,
        f"{PLACE_KINDS[role.lookup]}s": names,
    }
