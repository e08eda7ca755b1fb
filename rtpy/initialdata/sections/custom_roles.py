"""Custom roles, and in which queues they apply."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.custom_roles import RoleValues, change_custom_role, create_custom_role
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import CustomRole, CustomRolePlace, Queue
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    queues: dict[int, list[str]] = defaultdict(list)
    places = select(CustomRolePlace.custom_role_id, Queue.name).join(
        Queue, (CustomRolePlace.object_type == "queue") & (CustomRolePlace.object_id == Queue.id)
    )
    for role_id, name in work.db.execute(places):
        queues[role_id].append(name)
    rows = work.db.scalars(
        select(CustomRole).where(CustomRole.lookup == "ticket").order_by(CustomRole.name, CustomRole.id)
    )
    return [
        {
            "name": role.name,
            "description": role.description,
            "entry_hint": role.entry_hint,
            "single": role.is_single,
            "disabled": role.disabled,
            "queues": sorted(queues[role.id]),
        }
        for role in rows
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    values = RoleValues(
        name=str(entry["name"]),
        description=str(entry["description"]),
        entry_hint=str(entry["entry_hint"]),
        single=bool(entry["single"]),
        disabled=bool(entry["disabled"]),
        places=frozenset(queue_named(work, str(name)).id for name in entry["queues"]),
    )
    if before is None:
        create_custom_role(work, values)
    else:
        change_custom_role(work, role_named(work, values.name).id, values)


def role_named(work: Work, name: str) -> CustomRole:
    """The custom role of tickets with that name. Raises Invalid."""
    role = work.db.scalar(
        select(CustomRole).where(CustomRole.lookup == "ticket", func.lower(CustomRole.name) == name.lower())
    )
    if role is None:
        raise Invalid(Problem("role", f"There is no custom role {name}: add it under custom_roles."))
    return role


CUSTOM_ROLES = Section(
    "custom_roles",
    ("name",),
    {"description": "", "entry_hint": "", "single": False, "disabled": False, "queues": []},
    _dump,
    _save,
    unordered=frozenset({"queues"}),
)
