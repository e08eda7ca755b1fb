"""Custom fields of what is just made: values given with it, and defaults for the rest, set by the system."""

from collections.abc import Collection
from dataclasses import dataclass

from rtpy.changes.customfields.checking import (
    ASKED,
    NO_FIELDS,
    Checked,
    GivenFields,
    check_all,
    reading_of,
)
from rtpy.changes.customfields.writing import store_values
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import read_values
from rtpy.errors import Refused
from rtpy.fields.allowed import sees, sets
from rtpy.fields.definitions import all_fields, fields_for
from rtpy.work import Work

_ON_TICKETS = (Lookup.TICKET, Lookup.TRANSACTION)


@dataclass(frozen=True, slots=True)
class FirstValues:
    """What a new thing will hold: values by the actor, and defaults by the system."""

    given: tuple[Checked, ...] = ()
    defaults: tuple[Checked, ...] = ()


def check_first(
    work: Work,
    lookup: str,
    container_id: int,
    given: GivenFields = NO_FIELDS,
    *,
    roles: frozenset[str] = frozenset(),
    mandatory: bool | None = None,
) -> FirstValues:
    """The first values of a thing of this kind in this queue, catalog or class.

    Needs ModifyCustomField or SetInitialCustomField for each field that is given a value. A field that is not given
    gets its default, also one that the actor does not see (RT). `mandatory`: ask for mandatory fields; by default
    mail and the system are not asked, and who may not set a field never is. Raises Refused or Invalid.
    """
    fields = fields_for(work.app, work.db, lookup, container_id)
    if not fields and not given.values:
        return FirstValues()
    creating = work.creating if lookup in _ON_TICKETS else None
    vouched = creating if creating and creating.queue_id == container_id else None
    trusted = vouched.fields if vouched else frozenset()
    by_id = {each.id: each for each in fields}
    for field_id, values in given.values.items():
        if any(not isinstance(each, str) or each.strip() for each in values):
            if field_id not in trusted or field_id not in by_id:
                _need(work, by_id.get(field_id), field_id, container_id, roles)
    settable = {
        each.id
        for each in fields
        if each.id in trusted or sets(work, each, container_id, roles, creating=True)
    }
    defaults = _defaults(work, [each for each in fields if each.id not in given.values], container_id)
    filled = {each.definition.id for each in defaults}
    is_asked = work.actor.face in ASKED if mandatory is None else mandatory
    asked = (settable if vouched is None else settable & trusted) - filled if is_asked else set()
    given = GivenFields({key: value for key, value in given.values.items() if key in settable}, given.zone)
    if not is_asked:
        given = GivenFields({key: value for key, value in given.values.items() if any(value)}, given.zone)
    held = {each.definition.id: list(each.values) for each in defaults}
    return FirstValues(tuple(check_all(work, fields, given, held=held, asked=asked)), defaults)


def store_first(work: Work, first: FirstValues, object_id: int) -> None:
    """Store them; history says nothing of it beside that the thing was made (RT)."""
    for checked in first.given:
        store_values(work, checked, object_id)
    if first.defaults:
        system = work.app.system_user_id(work.db)
        for checked in first.defaults:
            store_values(work, checked, object_id, creator_id=system)


def _defaults(work: Work, fields: Collection[FieldDefinition], container_id: int) -> tuple[Checked, ...]:
    """Defaults that fit; one that no longer does (its choice was deleted) is left out."""
    found = []
    for definition in fields:
        texts = definition.defaults_in(container_id)
        if texts and definition.facts.may_have_defaults:
            values, problems = read_values(definition, texts, reading_of(work))
            if values and not problems:
                found.append(Checked(definition, tuple(values)))
    return tuple(found)


def _need(
    work: Work,
    definition: FieldDefinition | None,
    field_id: int,
    container_id: int,
    roles: frozenset[str],
) -> None:
    if definition is None:
        known = all_fields(work.app, work.db).get(field_id)
        name = f"The field {known.name}" if known and sees(work, known, container_id, roles) else "This field"
        raise Refused(f"{name} does not stand here: leave it out.")
    if not sets(work, definition, container_id, roles, creating=True):
        raise Refused(
            f"You may not give {definition.name} a value: the right SetInitialCustomField or ModifyCustomField is "
            "needed."
        )
