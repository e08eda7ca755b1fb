"""What the forms of users, queues and groups share: their own custom fields."""

from collections.abc import Collection, Iterator, Mapping

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import Given
from rtpy.errors import Invalid, Problem
from rtpy.fields.allowed import sees
from rtpy.fields.contents import Contents, contents_of_many
from rtpy.fields.definitions import all_fields, field_named, fields_for
from rtpy.models import Transaction
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value, as_items, as_text, custom_name
from rtpy.rest1.ticket_form import shown_values


def contents_for(call: Call, lookup: Lookup, ids: Collection[int]) -> Mapping[int, Contents]:
    """What these things hold in their custom fields. One query, none where there are no fields."""
    return contents_of_many(call.work.db, lookup, ids) if fields_for_any(call, lookup) else {}


def fields_for_any(call: Call, lookup: Lookup) -> bool:
    """Are there fields for things of this kind?"""
    return any(each.lookup == lookup for each in all_fields(call.work.app, call.work.db).values())


def custom_fields(
    call: Call, lookup: Lookup, object_id: int, contents: Contents
) -> Iterator[tuple[str, Value]]:
    """`CF-Name` of each field that the caller may see."""
    place = object_id if lookup is Lookup.QUEUE else 0
    for definition in fields_for(call.work.app, call.work.db, lookup, place):
        if sees(call.work, definition, place):
            yield f"CF-{definition.name}", shown_values(definition, contents.get(definition.id, ()), call)


def write_custom_fields(call: Call, lookup: Lookup, object_id: int, form: Form) -> list[Transaction]:
    """Set those that the form names. Raises Invalid for an unknown one."""
    place = object_id if lookup is Lookup.QUEUE else 0
    given: dict[int, tuple[Given, ...]] = {}
    for name, value in form.fields:
        own = custom_name(name)
        if own is None:
            continue
        definition = field_named(call.work.app, call.work.db, lookup, own, place)
        if definition is None or definition.disabled or not sees(call.work, definition, place):
            raise Invalid(Problem(name.lower(), "Unknown field."))
        is_one = definition.is_single or definition.facts.is_long
        given[definition.id] = ((as_text(value),) if value else ()) if is_one else tuple(as_items(value))
    return set_fields(call.work, lookup, object_id, GivenFields(given, call.zone)) if given else []


def unknown_fields(form: Form, known: Collection[str]) -> list[str]:
    """Names of fields that are neither known (in lower case) nor custom fields."""
    return [name for name, _ in form.fields if name.lower() not in known and custom_name(name) is None]


def read_switch(text: str, field: str) -> bool:
    """0 or 1. Raises Invalid, with the field's name."""
    given = text.strip().lower()
    if given in ("1", "yes", "true"):
        return True
    if given in ("", "0", "no", "false"):
        return False
    raise Invalid(Problem(field.lower(), f"{field} is 0 or 1."))
