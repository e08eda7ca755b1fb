"""Custom fields with what they offer, where they apply and what new things get."""

from collections.abc import Sequence
from dataclasses import fields, replace

from sqlalchemy import func, select

from rtpy.changes.customfields.defining import (
    FieldSettings,
    change_field,
    container_names,
    create_field,
    field_as_written,
    settings_of,
)
from rtpy.changes.customfields.offering import set_choices, set_default, set_places
from rtpy.customfields.definition import Choice
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields
from rtpy.initialdata.section import Entry, Section
from rtpy.models import CustomField
from rtpy.work import Work

PLAIN = tuple(each for each in fields(FieldSettings) if each.name not in ("name", "lookup", "based_on_id"))
USUAL: Entry = {
    "lookup": "ticket",
    **{
        each.name: each.default if isinstance(each.default, bool | int) else str(each.default)
        for each in PLAIN
    },
    "based_on": "",
    "values": [],
    "applies_to": [],
    "defaults": {},
}


def _dump(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(
        select(CustomField).order_by(CustomField.lookup, func.lower(CustomField.name), CustomField.id)
    )
    return [{**USUAL, **field_as_written(work, row.id)} for row in rows]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name, lookup = str(entry["name"]), str(entry["lookup"])
    row = _find(work, name, lookup)
    values = {each.name: entry[each.name] for each in PLAIN}
    base = entry["based_on"] and _named(work, str(entry["based_on"]), lookup).id
    if row is None:
        settings = FieldSettings(name=name, lookup=lookup, **values, based_on_id=base or None)
        row = create_field(work, settings, staff="")
    else:
        change_field(work, row, replace(settings_of(row), name=name, **values, based_on_id=base or None))
    choices = [
        Choice(str(each["name"]), str(each.get("description", "")), str(each.get("category", "")))
        for each in entry["values"]
    ]
    set_choices(work, row, choices)
    places = {
        each.lower(): place
        for place, each in container_names(work, all_fields(work.app, work.db)[row.id]).items()
    }
    wanted = [_place(places, str(each)) for each in entry["applies_to"]]
    set_places(work, row, {place: order for order, place in enumerate(wanted)})
    defaults = {_place(places, str(each)): texts for each, texts in entry["defaults"].items()}
    gone = {_place(places, str(each)) for each in before["defaults"]} - defaults.keys() if before else set()
    for place, texts in {**dict.fromkeys(gone, ()), **defaults}.items():
        set_default(work, row, place, [str(text) for text in texts])


def _find(work: Work, name: str, lookup: str) -> CustomField | None:
    rows = work.db.scalars(
        select(CustomField).where(CustomField.lookup == lookup, func.lower(CustomField.name) == name.lower())
    ).all()
    if len(rows) > 1:
        raise Invalid(Problem("name", f"Several fields of {lookup}s are called {name}: rename them first."))
    return rows[0] if rows else None


def _named(work: Work, name: str, lookup: str) -> CustomField:
    row = _find(work, name, lookup)
    if row is None:
        raise Invalid(Problem("based_on", f"There is no field {name} of {lookup}s: put it before this one."))
    return row


def _place(places: dict[str, int], name: str) -> int:
    if name.lower() not in places:
        raise Invalid(Problem("applies_to", f"There is no {name} where this field could apply."))
    return places[name.lower()]


CUSTOM_FIELDS = Section("custom_fields", ("name", "lookup"), USUAL, _dump, _save)
