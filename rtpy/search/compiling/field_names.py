"""Which custom fields a term names, and on which things the asker may read them."""

import difflib
from dataclasses import dataclass, replace

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import LOOKUPS, Lookup
from rtpy.fields.definitions import all_fields
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes
from rtpy.search.assets import known_catalogs
from rtpy.search.compiling.queues import seen_queues
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.work import Work

PARTS = {"content": "content", "largecontent": "large_content"}
"""What may follow the name (RT), and the column that it means."""


@dataclass(frozen=True, slots=True)
class Named:
    """The fields of a name (names need not be unique), and the column that is asked for; empty: the value."""

    definitions: tuple[FieldDefinition, ...]
    part: str = ""


def fields_named(asking: Asking, lookup: str, path: tuple[str, ...], head: str, column: int = 0) -> Named:
    """The enabled fields that `CF.{name}`, `CF.12` or `CF.Queue.{name}` means (RT: rt-core 8.3).

    Every field of that name counts, whatever queue it applies to; with a queue, catalog or class only those that
    apply there. On which things the asker may read the values is asked by `grants_on`; a field that they may read
    nowhere is none. Raises CannotSearch for a name that there is not, with names like it.
    """
    if not path:
        raise CannotSearch(f"Say which field: {head}.{{Name}}.", column)
    fields = [
        each
        for each in all_fields(asking.work.app, asking.work.db).values()
        if each.lookup == lookup and not each.disabled and not grants_on(asking.work, each).nowhere
    ]
    for names, part in _readings(path):
        found = _of_names(asking, fields, lookup, names)
        if found:
            return Named(found, part)
    said = ".".join(path[:-1] if len(path) > 1 and path[-1].casefold() in PARTS else path)
    alike = difflib.get_close_matches(path[0], [each.name for each in fields], 3, 0.6)
    hint = f" Did you mean {' or '.join(f'{head}.{{{name}}}' for name in alike)}?" if alike else ""
    sentence = (
        f"There is no custom field “{said[:80]}” to search by with {head}, or you may not see it.{hint}"
    )
    raise CannotSearch(sentence, column)


def fields_offered(work: Work, lookup: str) -> list[FieldDefinition]:
    """The fields of that kind of thing that the asker sees somewhere, by name: what a builder offers."""
    found = all_fields(work.app, work.db).values()
    mine = (each for each in found if each.lookup == lookup and not each.disabled)
    return sorted((each for each in mine if not grants_on(work, each).nowhere), key=lambda each: each.name)


def grants_on(work: Work, definition: FieldDefinition) -> Grants:
    """Where the asker may read the values of this field, as grants on its things: SeeCustomField in all its ways.

    The second reading of `rtpy.fields.allowed.sees`: `visible()` of it, or `visible_assets` and the like.
    """
    grants = work.rights.of(Right.SEE_CUSTOM_FIELD)
    this = ("custom_field", definition.id)
    kind = definition.container or ("queue" if definition.lookup == Lookup.QUEUE else "")
    if grants.everywhere or this in grants.objects:
        return Grants(grants.principals, everywhere=True)
    roles = {role for role, *on in grants.roles_on if tuple(on) == this}
    placed = {
        (role, each, where)
        for role, field_id, each, where in grants.roles_on_field
        if field_id == definition.id and each == kind
    }
    return replace(
        grants,
        queues=grants.queues if kind == "queue" else frozenset(),
        roles_everywhere=grants.roles_everywhere | roles,
        roles_in=grants.roles_in | {(role, where) for role, each, where in placed if each == "queue"},
        objects=frozenset(each for each in grants.objects if each[0] == kind),
        roles_on=frozenset(each for each in grants.roles_on if each[1] == kind)
        | {each for each in placed if each[1] != "queue"},
        roles_on_field=frozenset(),
    )


def _readings(path: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    """What the parts may mean, the likeliest first: a name with points is one too."""
    readings = [(path, "")]
    if len(path) > 1 and path[-1].casefold() in PARTS:
        readings.append((path[:-1], PARTS[path[-1].casefold()]))
    return readings


def _of_names(
    asking: Asking, fields: list[FieldDefinition], lookup: str, names: tuple[str, ...]
) -> tuple[FieldDefinition, ...]:
    whole = ".".join(names).casefold()
    found = tuple(each for each in fields if each.name.casefold() == whole)
    if not found and len(names) == 1:
        found = tuple(each for each in fields if str(each.id) == names[0])
    if found or len(names) < 2:
        return found
    name = ".".join(names[1:]).casefold()
    places = _places(asking, lookup, names[0])
    return tuple(
        each
        for each in fields
        if (each.name.casefold() == name or str(each.id) == ".".join(names[1:]))
        and any(each.applies(place) for place in places)
    )


def _places(asking: Asking, lookup: str, name: str) -> list[int]:
    """The queues, catalogs or classes of that name or number that the asker may know of."""
    app, db, rights = asking.work.app, asking.work.db, asking.work.rights
    container = LOOKUPS[lookup].container
    if container == "catalog":
        seen = [
            each
            for each in known_catalogs(app, db).values()
            if rights.of(Right.SHOW_CATALOG).on(container, each.id)
        ]
        names = {each.id: each.name for each in seen}
    elif container == "class":
        classes = known_classes(app, db).values()
        names = {each.id: each.name for each in classes if rights.of(Right.SEE_CLASS).on(container, each.id)}
    else:
        names = {each.id: each.name for each in seen_queues(asking)}
    wanted = name.casefold()
    return [number for number, called in names.items() if called.casefold() == wanted or str(number) == name]
