"""Lifecycles as plain values again: what the database keeps, the editor changes and a file holds."""

from collections.abc import Iterable
from typing import Any  # what TOML holds can be anything

from rtpy.lifecycle.lifecycle import TICKET, Action, Lifecycle, Lifecycles
from rtpy.lifecycle.load import MAPS, DocumentReading, LifecycleErrors
from rtpy.lifecycle.reading import Problems

Definition = dict[str, Any]
"""One lifecycle as a table of `lifecycles.toml`."""


def definition_of(lifecycle: Lifecycle) -> Definition:
    """The table that reads as this lifecycle; what has its default value is left out."""
    found: Definition = {
        "type": lifecycle.type,
        "initial": list(lifecycle.initial),
        "active": list(lifecycle.active),
        "inactive": list(lifecycle.inactive),
        "transitions": {old: list(targets) for old, targets in lifecycle.moves.items()},
    }
    optional: Definition = {
        "defaults": dict(lifecycle.defaults),
        "rights": {arrow(*pair): right for pair, right in lifecycle.rights.items()},
        "actions": [_action(action) for action in lifecycle.actions],
        "mandatory": {arrow(*pair): list(names) for pair, names in lifecycle.mandatory.items()},
        "disabled": lifecycle.is_disabled,
    }
    return {**found, **{key: value for key, value in optional.items() if value}}


def document_of(lifecycles: Lifecycles) -> Definition:
    """All of them with their maps, as `lifecycles.toml` holds them."""
    document = {lifecycle.name: definition_of(lifecycle) for lifecycle in lifecycles}
    names = {key: lifecycle.name for key, lifecycle in lifecycles.by_name.items()}
    maps = {arrow(names[old], names[new]): dict(statuses) for (old, new), statuses in lifecycles.maps.items()}
    return {**document, **({MAPS: maps} if maps else {})}


def read_document(document: Definition, source: str = "lifecycles") -> Lifecycles:
    """The lifecycles of such a document. Raises LifecycleErrors with every problem, each with its place."""
    problems = Problems({})
    found = DocumentReading(document, problems).lifecycles()
    if problems.found:
        raise LifecycleErrors(problems.found, source)
    return found


def arrow(old: str, new: str) -> str:
    """A move or a map as files write it."""
    return f"{old} -> {new}"


def without(definition: Definition, gone: Iterable[str]) -> Definition:
    """The definition without anything that names these statuses (lower case), the lists of statuses included."""
    lost = set(gone)
    return _rewritten(definition, lambda status: None if status.lower() in lost else status)


def renamed(definition: Definition, old: str, new: str) -> Definition:
    """The definition with a status (lower case) spelled `new` wherever it is named."""
    return _rewritten(definition, lambda status: new if status.lower() == old else status)


def empty_definition(of_type: str = TICKET) -> Definition:
    """Something to begin with: three statuses and the moves between them."""
    return {
        "type": of_type,
        "initial": ["new"],
        "active": ["open"],
        "inactive": ["closed"],
        "transitions": {"": ["new"], "new": ["open", "closed"], "open": ["closed"], "closed": ["open"]},
    }


def _action(action: Action) -> dict[str, str]:
    found = {"move": arrow(action.old, action.new), "label": action.label}
    return {**found, "update": action.update.value} if action.update else found


def _rewritten(definition: Definition, spell: Any) -> Definition:
    """Each status is given to `spell`; what it answers None for goes, with everything that needs it."""

    def spelled(status: str) -> str | None:
        found: str | None = spell(status) if status else status
        return found

    def listed(statuses: Iterable[str]) -> list[str]:
        return [found for found in map(spelled, statuses) if found is not None]

    def moved(key: str) -> str | None:
        old, _, new = (part.strip() for part in key.partition("->"))
        ends = spelled(old), spelled(new)
        return None if ends[0] is None or ends[1] is None else arrow(ends[0], ends[1])

    def keyed(table: Definition) -> Definition:
        return {key: value for old, value in table.items() if (key := moved(old)) is not None}

    found = {**definition}
    for key in ("initial", "active", "inactive"):
        found[key] = listed(definition.get(key, []))
    found["transitions"] = {
        start: listed(targets)
        for old, targets in definition.get("transitions", {}).items()
        if (start := spelled(old)) is not None
    }
    found["defaults"] = {
        key: status
        for key, told in definition.get("defaults", {}).items()
        if (status := spelled(told)) is not None
    }
    for key in ("rights", "mandatory"):
        found[key] = keyed(definition.get(key, {}))
    found["actions"] = [
        {**action, "move": move}
        for action in definition.get("actions", [])
        if (move := moved(str(action.get("move", "")))) is not None
    ]
    return found
