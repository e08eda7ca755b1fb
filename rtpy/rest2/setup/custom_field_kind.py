"""Custom fields as a kind: what a field shows, and which fields a caller sees; read from what is remembered."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import case

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import LOOKUPS, FieldType, Lookup
from rtpy.fields.definitions import all_fields
from rtpy.models import CustomField
from rtpy.rest2.call import Call
from rtpy.rest2.field_kind import FieldKind, Reader, column, filled_column
from rtpy.rest2.histories.past import past_fields
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Ref, url
from rtpy.rights.names import CUSTOM_FIELD, Right
from rtpy.work import Work

LOGGED_AS = "custom_field"

HINTS: Mapping[str, tuple[str, str, str]] = {
    FieldType.SELECT: ("Select multiple values", "Select one value", "Select up to {} values"),
    FieldType.FREEFORM: ("Enter multiple values", "Enter one value", "Enter up to {} values"),
    FieldType.TEXT: ("Fill in multiple text areas", "Fill in one text area", "Fill in up to {} text areas"),
    FieldType.WIKITEXT: (
        "Fill in multiple wikitext areas",
        "Fill in one wikitext area",
        "Fill in up to {} wikitext areas",
    ),
    FieldType.HTML: ("Fill in multiple HTML areas", "Fill in one HTML area", "Fill in up to {} HTML areas"),
    FieldType.IMAGE: ("Upload multiple images", "Upload one image", "Upload up to {} images"),
    FieldType.BINARY: ("Upload multiple files", "Upload one file", "Upload up to {} files"),
    FieldType.COMBOBOX: (
        "Combobox: Select or enter multiple values",
        "Combobox: Select or enter one value",
        "Combobox: Select or enter up to {} values",
    ),
    FieldType.AUTOCOMPLETE: (
        "Enter multiple values with autocompletion",
        "Enter one value with autocompletion",
        "Enter up to {} values with autocompletion",
    ),
    FieldType.DATE: ("Select multiple dates", "Select date", "Select up to {} dates"),
    FieldType.DATETIME: ("Select multiple datetimes", "Select datetime", "Select up to {} datetimes"),
    FieldType.IP_ADDRESS: (
        "Enter multiple IP addresses",
        "Enter one IP address",
        "Enter up to {} IP addresses",
    ),
    FieldType.IP_ADDRESS_RANGE: (
        "Enter multiple IP address ranges",
        "Enter one IP address range",
        "Enter up to {} IP address ranges",
    ),
}
"""RT's words where a field has no hint of its own: for many values, for one, for so many."""


def sees_field(work: Work, definition: FieldDefinition) -> bool:
    """May the caller know of the field: on itself, or in a queue, catalog or class where it applies? No query.

    Who administers it does.
    """
    grants = work.rights.of(Right.SEE_CUSTOM_FIELD)
    rights = (Right.SEE_CUSTOM_FIELD, Right.ADMIN_CUSTOM_FIELD, Right.ADMIN_CUSTOM_FIELD_VALUES)
    if any(work.rights.of(right).on(CUSTOM_FIELD, definition.id) for right in rights):
        return True
    kind = "queue" if definition.lookup == Lookup.QUEUE else definition.container
    places = grants.queues if kind == "queue" else grants.ids(kind) if kind else frozenset()
    return any(definition.applies(place) for place in places)


def visible_fields(call: Call) -> Mapping[int, FieldDefinition]:
    """Every field that the caller sees, those that are switched off too. No query."""
    known = all_fields(call.work.app, call.work.db)
    return {number: each for number, each in known.items() if sees_field(call.work, each)}


def _lookups(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [LOOKUPS[row.lookup].rt for row in rows]


def _hints(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [row.entry_hint or _usual_hint(row) for row in rows]


def _usual_hint(row: FieldDefinition) -> str:
    many, one, some = HINTS[row.type]
    return one if row.is_single else some.format(row.max_values) if row.max_values else many


def _bases(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [Ref("customfield", row.based_on_id) if row.based_on_id else None for row in rows]


def _values(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    """Of a Select the names, with `?category=` only those of that category."""
    asked = {name for name, _ in call.params}
    wanted = call.param("category").strip().casefold()

    def fits(category: str) -> bool:
        return "category" not in asked or category.casefold() == wanted

    return [
        [each.name for each in row.choices if fits(each.category)] or None
        if row.type == FieldType.SELECT
        else None
        for row in rows
    ]


class CustomFieldKind(FieldKind):
    """A custom field; its rows are the remembered definitions."""

    name = "customfield"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(CustomField.id, Holds.NUMBER),
        "Name": Searchable(CustomField.name),
        "Description": Searchable(CustomField.description),
        "Type": Searchable(CustomField.type),
        "LookupType": Searchable(
            case({name: facts.rt for name, facts in LOOKUPS.items()}, value=CustomField.lookup)
        ),
        "MaxValues": Searchable(CustomField.max_values, Holds.NUMBER),
        "Pattern": Searchable(CustomField.pattern),
        "EntryHint": Searchable(CustomField.entry_hint),
        "SortOrder": Searchable(CustomField.sort_order, Holds.NUMBER),
        "UniqueValues": Searchable(CustomField.unique_values, Holds.FLAG),
        "BasedOn": Searchable(CustomField.based_on_id, Holds.NUMBER, empty=None),
        "RenderType": Searchable(CustomField.render_type),
        "Disabled": Searchable(CustomField.disabled, Holds.FLAG),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "Type": column("type_name"),
        "MaxValues": column("max_values"),
        "LookupType": _lookups,
        "Pattern": column("pattern"),
        "SortOrder": column("sort_order"),
        "EntryHint": _hints,
        "ValidationHint": filled_column("validation_hint"),
        "UniqueValues": column("unique_values"),
        "RenderType": filled_column("render_type"),
        "Disabled": column("disabled"),
        "BasedOn": _bases,
        "Values": _values,
        "LinkValueTo": filled_column("link_template"),
        "IncludeContentForValue": filled_column("include_template"),
        "Grouping": filled_column("grouping"),
        **past_fields(LOGGED_AS),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """No query."""
        visible = visible_fields(call)
        return {number: visible[number] for number in ids if number in visible}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """The list of values, where it has one."""
        found = [self_link(call, self.name, row.id)]
        if row.facts.has_choices:
            found.append({"ref": "customfieldvalues", "_url": url(call, self.name, row.id, "values")})
        return found


CUSTOM_FIELD_KIND = add_kind(CustomFieldKind())
