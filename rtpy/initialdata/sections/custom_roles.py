"""Custom roles, and in which queues or catalogs they apply."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.custom_roles import RoleValues, change_custom_role, create_custom_role
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.catalogs import catalog_named
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import Catalog, CustomRole, CustomRolePlace, Queue
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    queues, catalogs = _places(work, "queue", Queue), _places(work, "catalog", Catalog)
    rows = work.db.scalars(select(CustomRole).order_by(CustomRole.name, CustomRole.id))
    return [
        {
            "name": role.name,
            "description": role.description,
            "entry_hint": role.entry_hint,
            "single": role.is_single,
            "lookup": role.lookup,
            "disabled": role.disabled,
            "queues": sorted(queues[role.id]),
            "catalogs": sorted(catalogs[role.id]),
        }
        for role in rows
    ]


def _places(work: Work, kind: str, model: type[Queue] | type[Catalog]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    places = select(CustomRolePlace.custom_role_id, model.name).join(
        model, (CustomRolePlace.object_type == kind) & (CustomRolePlace.object_id == model.id)
    )
    for role_id, name in work.db.execute(places):
        found[role_id].append(name)
    return found


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    of_assets = str(entry["lookup"]) == "asset"
    if entry["queues" if of_assets else "catalogs"]:
        raise Invalid(Problem("lookup", "A role of tickets applies in queues, one of assets in catalogs."))
    values = RoleValues(
        name=str(entry["name"]),
        description=str(entry["description"]),
        entry_hint=str(entry["entry_hint"]),
        single=bool(entry["single"]),
        lookup=str(entry["lookup"]),
        disabled=bool(entry["disabled"]),
        places=frozenset(catalog_named(work, str(name)).id for name in entry["catalogs"])
        if of_assets
        else frozenset(queue_named(work, str(name)).id for name in entry["queues"]),
    )
    if before is None:
        create_custom_role(work, values)
    else:
        change_custom_role(work, role_named(work, values.name).id, values)


def role_named(work: Work, name: str) -> CustomRole:
    """The custom role with that name. Raises Invalid."""
    role = work.db.scalar(select(CustomRole).where(func.lower(CustomRole.name) == name.lower()))
    if role is None:
        raise Invalid(Problem("role", f"There is no custom role {name}: add it under custom_roles."))
    return role


CUSTOM_ROLES = Section(
    "custom_roles",
    ("name",),
    {
        "description": "",
        "entry_hint": "",
        "single": False,
        "lookup": "ticket",
        "disabled": False,
        "queues": [],
        "catalogs": [],
    },
    _dump,
    _save,
    unordered=frozenset({"queues", "catalogs"}),
)
