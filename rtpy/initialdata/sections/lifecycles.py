"""Lifecycles and the maps between them, written as in etc/lifecycles.toml."""

from collections.abc import Sequence

from rtpy.changes.lifecycles import change_lifecycle, create_lifecycle, set_map, stored
from rtpy.initialdata.section import Entry, Section
from rtpy.lifecycle.load import MAPS
from rtpy.lifecycle.writing import document_of
from rtpy.work import Work

USUAL: Entry = {
    "type": "ticket",
    "initial": [],
    "active": [],
    "inactive": [],
    "transitions": {},
    "defaults": {},
    "rights": {},
    "actions": [],
    "mandatory": {},
    "disabled": False,
}


def _dump(work: Work) -> Sequence[Entry]:
    document = document_of(work.app.lifecycles)
    return [{"name": name, **USUAL, **table} for name, table in document.items() if name != MAPS]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    definition = {name: entry[name] for name in USUAL if entry[name] != USUAL[name] or name in ("type",)}
    definition |= {name: entry[name] for name in ("initial", "active", "inactive", "transitions")}
    if before is None:
        create_lifecycle(work, str(entry["name"]), definition=definition)
    else:
        change_lifecycle(work, stored(work, str(entry["name"])), definition)


def _dump_maps(work: Work) -> Sequence[Entry]:
    document = document_of(work.app.lifecycles)
    found = []
    for ends, statuses in document.get(MAPS, {}).items():
        old, _, new = ends.partition(" -> ")
        found.append({"from": old, "to": new, "statuses": dict(statuses)})
    return sorted(found, key=lambda entry: (entry["from"], entry["to"]))


def _save_map(work: Work, entry: Entry, before: Entry | None) -> None:
    statuses = {str(old): str(new) for old, new in entry["statuses"].items()}
    set_map(work, stored(work, str(entry["from"])), stored(work, str(entry["to"])), statuses)


LIFECYCLES = Section("lifecycles", ("name",), USUAL, _dump, _save)
LIFECYCLE_MAPS = Section("lifecycle_maps", ("from", "to"), {"statuses": {}}, _dump_maps, _save_map)
