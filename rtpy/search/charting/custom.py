"""Grouping by custom fields, as far as the reader may see their values."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.customfields.showing import plain_text
from rtpy.db.folding import Folded
from rtpy.models import CustomFieldContent, Ticket
from rtpy.search.charting.dimension import Dimension, Group, Key, equals, is_null
from rtpy.search.compiling.field_names import fields_named, grants_on
from rtpy.search.compiling.field_values import whole_text
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.tree import Name

UNFIT = frozenset(
    (
        FieldType.TEXT,
        FieldType.WIKITEXT,
        FieldType.HTML,
        FieldType.IMAGE,
        FieldType.BINARY,
        FieldType.IP_ADDRESS_RANGE,
    )
)
"""Types whose values hardly ever repeat, or for which = means more than being equal."""


def is_groupable(definition: FieldDefinition) -> bool:
    """Can tickets be grouped by it?"""
    return definition.type not in UNFIT


def custom_field_dimension(asking: Asking, name: Name) -> Dimension:
    """By the values of `CF.{name}`; a ticket with two values is in both groups. Raises CannotSearch."""
    named = fields_named(asking, Lookup.TICKET, name.path, name.head)
    kind = named.definitions[0].type
    if named.part or any(each.type in UNFIT for each in named.definitions):
        raise CannotSearch(
            f"Nothing can be grouped by {'.'.join(name.path)[:60]}: it is a field for long texts."
        )
    if any(each.type != kind for each in named.definitions):
        raise CannotSearch(
            f"Fields of different types are called {name.path[0][:60]}; say of which queue: CF.Queue.{{Name}}."
        )
    held = aliased(CustomFieldContent)
    text = whole_text(held)
    found = (
        select(held.object_id, Folded(text).label("key"), func.min(text).label("sample"))
        .where(held.object_type == Lookup.TICKET.value, held.disabled.is_(False))
        .where(or_(false(), *_readable(asking, held, named.definitions)))
        .group_by(held.object_id, Folded(text))
        .subquery()
    )
    choices = [each.name.lower() for field in named.definitions for each in field.choices]
    places = {each: place for place, each in enumerate(choices)}

    def describe(keys: Sequence[Key], samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {key: _group(asking, name, kind, samples.get(key) or str(key)) for key in keys}

    return Dimension(
        name.path[-1],
        found.c.key,
        describe,
        is_null(name),
        is_text=True,
        rows=found,
        on=found.c.object_id == Ticket.id,
        sample=found.c.sample,
        order=_order(places, kind),
    )


def _order(places: Mapping[str, int], kind: str):  # type: ignore[no-untyped-def]
    if places:
        return lambda key: (places.get(str(key), len(places)), str(key))
    return (lambda key: str(key)) if kind in (FieldType.DATE, FieldType.DATETIME) else None


def _group(asking: Asking, name: Name, kind: str, text: str) -> Group:
    value = FieldValue(text)
    said = plain_text(kind, value) if kind == FieldType.IP_ADDRESS else text
    return Group(plain_text(kind, value, asking.zone), equals(name, said))


def _readable(asking: Asking, held, definitions: Sequence[FieldDefinition]):  # type: ignore[no-untyped-def]
    """The values of each field on the tickets where the reader may see them."""
    for each in definitions:
        grants = grants_on(asking.work, each)
        if not grants.nowhere:
            on = (
                true() if grants.everywhere else held.object_id.in_(select(Ticket.id).where(grants.visible()))
            )
            yield and_(held.custom_field_id == each.id, on)
