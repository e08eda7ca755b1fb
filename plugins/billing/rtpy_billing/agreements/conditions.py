"""Conditions of coverage: which work a line of an agreement is for, as a form gives them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.models import Asset, OrganizationSite, Queue, User
from rtpy.work import Work
from rtpy_billing.models import Role, WorkType
from rtpy_billing.pricing.words import About, Hours
from rtpy_billing.typed import Typed

# The models have nothing in common but `id` and `name`.
CHOSEN: Mapping[About, Any] = {
    About.WORK_TYPE: WorkType,
    About.ROLE: Role,
    About.QUEUE: Queue,
    About.SITE: OrganizationSite,
}
"""Conditions whose values are chosen from a list: the field `condition.NAME` has ids between commas."""
TITLES = {
    About.WORK_TYPE: "Kinds of work",
    About.ROLE: "Roles",
    About.QUEUE: "Queues",
    About.SITE: "Sites",
    About.PERSON: "People",
    About.ASSET: "Assets",
    About.HOURS: "Hours",
    About.TICKET_TYPE: "Types of ticket",
}
HOURS = {
    "": "At any hour",
    Hours.IN.value: "In the agreed hours only",
    Hours.OUT.value: "Out of these hours only",
}


def read_conditions(work: Work, typed: Typed) -> list[dict[str, Any]]:
    """As `AgreementLine.conditions` keeps them; problems are noted in `typed`."""
    found: list[dict[str, Any]] = []
    for about, model in CHOSEN.items():
        name = f"condition.{about.value}"
        ids = _ids(typed, name)
        if ids:
            known = set(work.db.scalars(select(model.id).where(model.id.in_(ids))))
            if known != ids:
                typed.wrong(name, "Choose from the list.")
            found.append(_condition(typed, about, sorted(known)))
    people = _people(work, typed)
    if people:
        found.append(_condition(typed, About.PERSON, people))
    assets = _assets(work, typed)
    if assets:
        found.append(_condition(typed, About.ASSET, assets))
    hours = typed.choice("condition.hours", [each for each in HOURS if each])
    if hours:
        found.append({"about": About.HOURS.value, "values": [hours], "excluded": False})
    return found


def names_of(db: Session, conditions: list[dict[str, Any]] | None) -> Mapping[tuple[str, Any], str]:
    """What to call the values of conditions, by what they are about and the value. At most a query for each kind."""
    wanted: dict[str, set[Any]] = {}
    for condition in conditions or ():
        wanted.setdefault(condition["about"], set()).update(condition["values"])
    names: dict[tuple[str, Any], str] = {}
    columns: dict[str, tuple[Any, Any]] = {
        about.value: (model.id, model.name) for about, model in CHOSEN.items()
    }
    columns[About.PERSON.value] = (User.id, func.coalesce(func.nullif(User.real_name, ""), User.name))
    columns[About.ASSET.value] = (Asset.id, Asset.name)
    for about, values in wanted.items():
        if about in columns:
            key, name = columns[about]
            for id_, found in db.execute(select(key, name).where(key.in_(values))):
                names[about, id_] = found
    for hours, words in HOURS.items():
        names[About.HOURS.value, hours] = words
    return names


def _condition(typed: Typed, about: About, values: list[int]) -> dict[str, Any]:
    return {"about": about.value, "values": values, "excluded": typed.box(f"exclude.{about.value}")}


def _ids(typed: Typed, name: str) -> set[int]:
    parts = [part.strip() for part in typed.raw(name).split(",") if part.strip()]
    if any(not part.isascii() or not part.isdigit() or len(part) > 18 for part in parts):
        typed.wrong(name, "Choose from the list.")
        return set()
    return {int(part) for part in parts}


def _people(work: Work, typed: Typed) -> list[int]:
    names = {part.strip().lower() for part in typed.raw("condition.person").split(",") if part.strip()}
    if not names:
        return []
    folded = func.lower(User.name)
    rows = work.db.execute(select(User.id, folded).where(folded.in_(names)))
    found = {name: id_ for id_, name in rows}
    missing = sorted(names - found.keys())
    if missing:
        typed.wrong("condition.person", f"Nobody here has the login name {missing[0][:60]}.")
    return sorted(found.values())


def _assets(work: Work, typed: Typed) -> list[int]:
    ids = _ids(typed, "condition.asset")
    known = set(work.db.scalars(select(Asset.id).where(Asset.id.in_(ids)))) if ids else set()
    if known != ids:
        typed.wrong("condition.asset", f"There is no asset {min(ids - known)}.")
    return sorted(known)
