"""Policies in set-up files: by names in the place of numbers, in the order in which they are tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Section
from rtpy.models import Group, Organization, OrganizationSite, Queue, WorkCalendar
from rtpy.work import Work
from rtpy_sla.clocks.words import Reopening, Retarget
from rtpy_sla.models import Ladder, Policy
from rtpy_sla.policies.ordering import set_disabled
from rtpy_sla.policies.reading import check_terms, read_conditions
from rtpy_sla.policies.saving import Draft, newest_version, save_policy

Entry = dict[str, Any]
DAY = 86_400
NAMED: Mapping[str, tuple[Any, str]] = {
    "organizations": (Organization, "organisation"),
    "queues": (Queue, "queue"),
    "groups": (Group, "group"),
}


def _dump(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(Policy).order_by(Policy.position, Policy.id)).all()
    return [_entry(work, row) for row in rows]


def _entry(work: Work, row: Policy) -> Entry:
    version = newest_version(work, row)
    entry: Entry = {
        "name": row.name,
        "description": row.description,
        "ladder": _name(work, Ladder, row.ladder_id),
        "disabled": row.disabled,
    }
    if version is None:
        return entry
    conditions = dict(version.conditions)
    for key, (model, _) in NAMED.items():
        if conditions.get(key):
            conditions[key] = [_name(work, model, number) for number in conditions[key]]
    if conditions.get("sites"):
        conditions["sites"] = [_site_name(work, number) for number in conditions["sites"]]
    return {
        **entry,
        "conditions": {key: value for key, value in conditions.items() if value is not None},
        "bands": [_band(work, band) for band in version.bands],
        "reopening": version.reopening,
        "confirm_days": version.confirm_seconds // DAY,
        "on_priority": version.on_priority,
    }


def _band(work: Work, band: Mapping[str, Any]) -> Entry:
    return {
        "from_priority": band["from_priority"],
        "calendar": _name(work, WorkCalendar, band["calendar_id"]),
        "terms": band["terms"],
    }


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    row = work.db.scalar(select(Policy).where(func.lower(Policy.name) == name.lower()))
    try:
        draft = _draft(work, name, entry)
    except (KeyError, TypeError, ValueError) as wrong:
        raise Invalid(Problem("sla_policies", f"{name}: {wrong} is not as it is exported.")) from None
    row = save_policy(work, row, draft)
    if row.disabled != bool(entry["disabled"]):
        set_disabled(work, row, disabled=bool(entry["disabled"]))


def _draft(work: Work, name: str, entry: Entry) -> Draft:
    conditions = read_conditions(entry["conditions"])
    for key, (model, what) in NAMED.items():
        if conditions.get(key):
            conditions[key] = [_number(work, model, what, each) for each in conditions[key]]
    if conditions.get("sites"):
        conditions["sites"] = [_site(work, each) for each in conditions["sites"]]
    bands = [
        {
            "from_priority": int(band["from_priority"]),
            "calendar_id": _number(work, WorkCalendar, "calendar", band["calendar"])
            if band.get("calendar")
            else None,
            "terms": band["terms"],
        }
        for band in entry["bands"]
    ]
    check_terms(bands)
    return Draft(
        name=name,
        description=str(entry["description"]),
        ladder_id=_number(work, Ladder, "ladder", entry["ladder"]) if entry["ladder"] else None,
        conditions=conditions,
        bands=bands,
        reopening=Reopening(entry["reopening"]),
        confirm_seconds=int(entry["confirm_days"]) * DAY,
        on_priority=Retarget(entry["on_priority"]),
    )


def _name(work: Work, model: Any, number: int | None) -> str:
    row = work.db.get(model, number) if number is not None else None
    return str(row.name) if row is not None else ""


def _number(work: Work, model: Any, what: str, name: object) -> int:
    query = select(model.id).where(func.lower(model.name) == str(name).lower())
    if model is Group:
        query = query.where(Group.domain == "UserDefined")
    found = work.db.scalar(query)
    if found is None:
        raise Invalid(Problem("sla_policies", f"There is no {what} {name}: put it into the file before."))
    return int(found)


def _site_name(work: Work, number: int) -> list[str]:
    row = work.db.get(OrganizationSite, number)
    return [_name(work, Organization, row.organization_id), row.name] if row is not None else ["", ""]


def _site(work: Work, pair: Sequence[str]) -> int:
    organization, name = pair
    found = work.db.scalar(
        select(OrganizationSite.id)
        .join(Organization, Organization.id == OrganizationSite.organization_id)
        .where(Organization.name == organization, OrganizationSite.name == name)
    )
    if found is None:
        raise Invalid(
            Problem("sla_policies", f"{organization} has no site {name}: put it into the file before.")
        )
    return int(found)


POLICIES = Section(
    "sla_policies",
    ("name",),
    {
        "description": "",
        "conditions": {},
        "bands": [],
        "reopening": Reopening.CONTINUE.value,
        "confirm_days": 7,
        "on_priority": Retarget.FROM_CREATION.value,
        "ladder": "",
        "disabled": False,
    },
    _dump,
    _save,
)
