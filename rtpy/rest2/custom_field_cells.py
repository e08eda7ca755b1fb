"""Custom fields as records show them: one reference for each field, with its name and values."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.showing import moment, plain_text
from rtpy.fields.allowed import sees
from rtpy.fields.contents import contents_of_many
from rtpy.fields.definitions import fields_for
from rtpy.rest2.call import Call
from rtpy.rest2.values import Document, Ref, url, w3c

NO_ROLES: frozenset[str] = frozenset()


def field_refs(
    call: Call,
    lookup: str,
    places: Mapping[int, int],
    roles: Mapping[int, frozenset[str]] | None = None,
) -> dict[int, list[Ref]]:
    """For each thing the fields that stand on it and that the caller sees, empty ones too. One query at most.

    `places` are ids of things to those of their queues, catalogs or classes (0 for kinds without); `roles` what the
    caller plays on each.
    """
    seen = {
        number: seen_fields(call, lookup, place, (roles or {}).get(number, NO_ROLES))
        for number, place in places.items()
    }
    wanted = [number for number, fields in seen.items() if fields]
    held = contents_of_many(call.work.db, lookup, wanted)
    return {
        number: [_ref(call, field, held.get(number, {}).get(field.id, ())) for field in fields]
        for number, fields in seen.items()
    }


def seen_fields(
    call: Call, lookup: str, place: int, roles: frozenset[str] = NO_ROLES
) -> Sequence[FieldDefinition]:
    """The fields of things in this place that the caller sees, in the order of pages. No query."""
    work = call.work
    fields = fields_for(work.app, work.db, lookup, place)
    return [field for field in fields if sees(work, field, place, roles)]


def field_links(call: Call, lookup: str, place: int, roles: frozenset[str] = NO_ROLES) -> list[Document]:
    """The hyperlinks `customfield` of a record. No query."""
    return [field_link(call, field) for field in seen_fields(call, lookup, place, roles)]


def field_link(call: Call, field: FieldDefinition) -> Document:
    """One hyperlink to a custom field."""
    return {
        "ref": "customfield",
        "type": "customfield",
        "id": str(field.id),
        "name": field.name,
        "_url": url(call, "customfield", field.id),
    }


def _ref(call: Call, field: FieldDefinition, values: Sequence[FieldValue]) -> Ref:
    shown = [_value(call, field, value) for value in values]
    return Ref("customfield", field.id, extra={"name": field.name, "values": shown})


def _value(call: Call, field: FieldDefinition, value: FieldValue) -> Any:  # Any: text, or the facts of a file
    if field.facts.is_file:
        return {
            "content_type": value.content_type,
            "filename": value.content,
            "_url": url(call, "download", "cf", value.id),
        }
    text = plain_text(field.type, value)
    return w3c(moment(text)) if field.type == FieldType.DATETIME else text
