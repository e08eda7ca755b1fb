"""What to sort by for a custom field: the order of its list, then the text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select
from sqlalchemy.orm import aliased

from rtpy.customfields.brought import Sorts
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.models import CustomFieldContent, CustomFieldValue
from rtpy.search.compiling.read_texts import as_number

SORTED_BY = 255
"""Characters of a long text by which it is sorted."""


def order_of(
    lookup: Lookup,
    object_id: Any,  # a column of numbers
    seen: Sequence[tuple[ColumnElement[bool], Sequence[FieldDefinition]]],
) -> Sequence[ColumnElement[Any]]:
    """The least place in the list of choices, where there is one, and the least text; NULL where nothing may be read.

    Of several values the first one counts. `seen` are groups of fields with the clause of where they may be read.
    """
    groups = [(readable, list(fields)) for readable, fields in seen]
    if not groups:
        return (null(),)
    texts = _first(groups, lambda fields: _text(lookup, object_id, fields))
    if all(_is_number(field) for _, fields in groups for field in fields):
        return (_first(groups, lambda fields: _number(lookup, object_id, fields)), texts)
    if not any(field.facts.has_choices for _, fields in groups for field in fields):
        return (texts,)
    return (_first(groups, lambda fields: _place(lookup, object_id, fields)), texts)


def _first(
    groups: Sequence[tuple[ColumnElement[bool], list[FieldDefinition]]], value: Any
) -> ColumnElement[Any]:
    found = [case((readable, value(fields)), else_=null()) for readable, fields in groups]
    return found[0] if len(found) == 1 else func.coalesce(*found)


def _text(lookup: Lookup, object_id: Any, fields: Sequence[FieldDefinition]) -> Any:
    held = aliased(CustomFieldContent)
    text = case((held.content == "", func.substr(held.large_content, 1, SORTED_BY)), else_=held.content)
    return (
        select(func.min(func.lower(text)))
        .where(*_of(lookup, object_id, held, fields))
        .correlate_except(held)
        .scalar_subquery()
    )


def _is_number(field: FieldDefinition) -> bool:
    return field.brought is not None and field.brought.sorts_as is Sorts.NUMBER


def _number(lookup: Lookup, object_id: Any, fields: Sequence[FieldDefinition]) -> Any:
    held: Any = aliased(CustomFieldContent)
    return (
        select(func.min(as_number(held.content)))
        .where(*_of(lookup, object_id, held, fields))
        .correlate_except(held)
        .scalar_subquery()
    )


def _place(lookup: Lookup, object_id: Any, fields: Sequence[FieldDefinition]) -> Any:
    held, choice = aliased(CustomFieldContent), aliased(CustomFieldValue)
    offered = and_(choice.custom_field_id == held.custom_field_id, choice.name == held.content)
    return (
        select(func.min(choice.sort_order))
        .select_from(held)
        .join(choice, offered)
        .where(*_of(lookup, object_id, held, fields))
        .correlate_except(held, choice)
        .scalar_subquery()
    )


def _of(
    lookup: Lookup, object_id: Any, held: Any, fields: Sequence[FieldDefinition]
) -> tuple[ColumnElement[bool], ...]:
    return (
        held.object_type == lookup.value,
        held.object_id == object_id,
        or_(*(held.custom_field_id == each.id for each in fields)),
        held.disabled.is_(False),
    )
