"""Conditions on custom fields in JSON searches, such as `CF.{Site}`; only where the caller sees the field."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_, case, exists, false, not_, or_, true

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.models import CustomFieldContent
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection
from rtpy.rest2.searchable import Condition, Searchable, clause_of

Where = Callable[[FieldDefinition], ColumnElement[bool]]
"""A clause over the things: those on which the caller sees this field."""

_NAME = re.compile(r"(?:CF|CustomField)\.\{?(?P<name>[^{}]+)\}?", re.IGNORECASE)
WITHOUT: dict[str, str] = {
    "!=": "=",
    "NOT LIKE": "LIKE",
    "NOT STARTSWITH": "STARTSWITH",
    "NOT ENDSWITH": "ENDSWITH",
    "NOT IN": "IN",
}
"""Negative operators and what they negate."""
_CONTENT = Searchable(
    case(
        (CustomFieldContent.large_content != "", CustomFieldContent.large_content),
        else_=CustomFieldContent.content,
    )
)


def field_name(condition: Condition) -> str | None:
    """The custom field that a condition is about; None when it is about none."""
    found = _NAME.fullmatch(condition.field)
    return found["name"].strip() if found else None


def field_clause(
    call: Call, lookup: str, number: Any, condition: Condition, seen: Where
) -> ColumnElement[bool] | None:
    """The clause of a condition on a field of things of this kind; None when the caller knows of no field like that.

    `number`: the column of the things' numbers. What has no such value fits a negative operator, and IS.
    """
    name = (field_name(condition) or "").lower()
    fields = [
        each
        for each in all_fields(call.work.app, call.work.db).values()
        if each.lookup == lookup and not each.disabled and name in (each.name.lower(), str(each.id))
    ]
    clauses = [(each, seen(each)) for each in fields]
    known = [(each, clause) for each, clause in clauses if not isinstance(clause, type(false()))]
    if not known:
        return None
    positive = replace(condition, operator=WITHOUT.get(condition.operator, condition.operator))
    compared = true() if condition.operator in ("IS", "IS NOT") else clause_of(call, _CONTENT, positive)
    held = exists().where(
        CustomFieldContent.object_type == str(lookup),
        CustomFieldContent.object_id == number,
        CustomFieldContent.custom_field_id.in_([each.id for each, _ in known]),
        CustomFieldContent.disabled.is_(False),
        compared,
    )
    is_negative = condition.operator in WITHOUT or condition.operator == "IS"
    return and_(or_(*(clause for _, clause in known)), not_(held) if is_negative else held)


class SearchesFields(Collection):
    """A collection whose things have custom fields."""

    lookup: ClassVar[Lookup]

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """Things on which the caller sees this field; false() for none. By default what is in nothing else."""
        return true() if sees(self.work, definition) else false()

    def clause(self, condition: Condition) -> ColumnElement[bool] | None:
        """A column, or a custom field."""
        if field_name(condition) is None:
            return super().clause(condition)
        return field_clause(self.call, self.lookup, self.id_column(), condition, self.seen_where)
