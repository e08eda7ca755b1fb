"""Custom fields: `/customfield`, `/customfields`, and those of one queue, catalog or class."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import Select, case, func, select

from rtpy.changes.customfields.defining import (
    FieldSettings,
    change_field,
    create_field,
    find_field,
    settings_of,
)
from rtpy.changes.customfields.offering import set_places
from rtpy.customfields.brought import facts_of
from rtpy.customfields.definition import EVERYWHERE, FieldDefinition
from rtpy.customfields.kinds import LOOKUPS, TYPES, Lookup
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields, field_named
from rtpy.models import ArticleClass, Catalog, CustomField, Queue
from rtpy.rest.naming import find_catalog, find_class, find_queue
from rtpy.rest2.collection import Collection, with_disabled
from rtpy.rest2.custom_field_cells import seen_fields
from rtpy.rest2.plain_values import Column, read_flag, read_number, read_text
from rtpy.rest2.problem import Problem as Refusal
from rtpy.rest2.route import Route
from rtpy.rest2.setup.custom_field_kind import CUSTOM_FIELD_KIND, LOGGED_AS, sees_field, visible_fields
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document
from rtpy.rights.names import CUSTOM_FIELD, Right

LOOKUP_BY_RT = {facts.rt.lower(): name for name, facts in LOOKUPS.items()}
COMPOSITE = re.compile(r"(?P<type>[A-Za-z]+?)(?P<many>single|multiple|-[01])", re.ASCII | re.IGNORECASE)
APPLIED_BY = {
    "Queue": (Lookup.TICKET, find_queue),
    "Catalog": (Lookup.ASSET, find_catalog),
    "Class": (Lookup.ARTICLE, find_class),
}
"""Keys that say on what a new field stands and where; RT knows Queue alone."""
TYPE_BY_NAME = {name.lower(): str(name) for name in TYPES}


def _read_name(name: str, value: Any) -> str:
    text = " ".join(read_text(name, value).split())
    if not text:
        raise Invalid(Problem(name, "Invalid value for Name"))
    return text


def read_type(name: str, value: Any) -> tuple[str, int | None]:
    """A type, and how many values it takes where the word says it: `SelectSingle`, `Freeform-0`. Raises Invalid."""
    text = read_text(name, value).strip()
    if "." in text:
        return text, None  # of a plugin; whether there is such a one is asked where it is saved
    found = COMPOSITE.fullmatch(text) if text.lower() not in TYPE_BY_NAME else None
    kind = TYPE_BY_NAME.get((found["type"] if found else text).lower())
    if kind is None:
        raise Invalid(Problem(name, "Invalid value for Type"))
    return kind, None if found is None else int(found["many"].lower() in ("single", "-1"))


def _read_lookup(name: str, value: Any) -> str:
    text = read_text(name, value).strip()
    if text.lower() not in LOOKUP_BY_RT:
        raise Invalid(Problem(name, "Invalid value for LookupType"))
    return LOOKUPS[LOOKUP_BY_RT[text.lower()]].rt


def _read_base(name: str, value: Any) -> str:
    """The number or name of another field, or a reference to it."""
    if isinstance(value, dict):
        value = value.get("id")
    return read_text(name, value).strip()


class CustomFieldRecord(SetupRecord):
    """`/customfield/3`."""

    kind = CUSTOM_FIELD_KIND
    label, logged_as = "CustomField", LOGGED_AS
    columns: ClassVar[Mapping[str, Column]] = {
        "Name": Column("name", _read_name),
        "Description": Column("description", read_text),
        "Type": Column("type", read_text),
        "MaxValues": Column("max_values", read_number),
        "LookupType": Column("lookup", _read_lookup),
        "Pattern": Column("pattern", read_text),
        "SortOrder": Column("sort_order", read_number),
        "EntryHint": Column("entry_hint", read_text),
        "ValidationHint": Column("validation_hint", read_text),
        "UniqueValues": Column("unique_values", read_flag),
        "RenderType": Column("render_type", read_text),
        "BasedOn": Column("based_on_id", _read_base),
        "LinkValueTo": Column("link_template", read_text),
        "IncludeContentForValue": Column("include_template", read_text),
        "Grouping": Column("grouping", read_text),
        "Disabled": Column("disabled", read_flag),
    }
    only_new = frozenset(APPLIED_BY)
    tolerated = frozenset({"Values", "ValuesClass"})

    def find(self) -> FieldDefinition | None:
        """By number alone, as in RT."""
        if "id" not in self.call.args:
            return None
        return all_fields(self.work.app, self.work.db).get(self.call.number("id"))

    def sees(self, number: int) -> bool:
        """SeeCustomField, or what administers it."""
        if self.row is not None:
            return sees_field(self.work, self.row)
        return bool(self.work.rights.system(Right.SEE_CUSTOM_FIELD))

    def administers(self, number: int) -> bool:
        """AdminCustomField."""
        grants = self.work.rights.of(Right.ADMIN_CUSTOM_FIELD)
        return bool(grants.on(CUSTOM_FIELD, number) if number else grants.everywhere)

    def current(self, attribute: str) -> Any:
        """As the row has it now; on what it stands in RT's words."""
        row = find_field(self.work, self.thing.id)
        return LOOKUPS[row.lookup].rt if attribute == "lookup" else getattr(row, attribute)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Through the one function that changes fields."""
        row = find_field(self.work, self.thing.id)
        settings = settings_of(row)
        change_field(self.work, row, replace(settings, **self._settings(values, settings.lookup)))

    def create(self, document: Document) -> CustomField:
        """With `Queue` (or our `Catalog`, `Class`) it applies there at once, 0 is everywhere."""
        if not document.get("Name"):
            raise Refusal(400, "Invalid value for Name")
        given = {
            each.attribute: each.read(name, document[name])
            for name, each in self.columns.items()
            if name in document
        }
        places = self._places(document)
        lookup = (
            places[0] if places else LOOKUP_BY_RT.get(str(given.get("lookup", "")).lower(), Lookup.TICKET)
        )
        given["lookup"] = LOOKUPS[lookup].rt
        kind, _ = read_type("Type", document.get("Type"))
        given.setdefault(
            "max_values",
            0 if facts_of(self.work.app.named("rtpy_custom_field_kinds"), kind).may_be_many else 1,
        )
        settings = replace(FieldSettings(""), **self._settings(given, lookup))
        row = create_field(self.work, settings, everywhere=not LOOKUPS[lookup].container, staff="")
        if places:
            set_places(self.work, row, dict.fromkeys(places[1], 0))
        return row

    def _settings(self, values: Mapping[str, Any], lookup: str) -> dict[str, Any]:
        """Values of a document as settings. Raises Invalid."""
        found = dict(values)
        if "lookup" in found:
            found["lookup"] = lookup = LOOKUP_BY_RT[found["lookup"].lower()]
        if "type" in found:
            found["type"], many = read_type("Type", found["type"])
            if many is not None:
                found["max_values"] = many
        if found.get("based_on_id"):
            base = field_named(self.work.app, self.work.db, lookup, found["based_on_id"])
            if base is None:
                raise Invalid(Problem("BasedOn", "Invalid value for BasedOn"))
            found["based_on_id"] = base.id
        elif "based_on_id" in found:
            found["based_on_id"] = None
        return found

    def _places(self, document: Document) -> tuple[str, list[int]] | None:
        for name, (lookup, find) in APPLIED_BY.items():
            if name not in document:
                continue
            given = document[name] if isinstance(document[name], list) else [document[name]]
            found = [self._place(name, each, find) for each in given]
            return lookup, found
        return None

    def _place(self, name: str, value: Any, find: Any) -> int:
        if isinstance(value, dict):
            value = value.get("id")
        text = read_text(name, value).strip()
        if text == "0":
            return EVERYWHERE
        row = find(self.work.db, text) if text else None
        if row is None:
            raise Refusal(400, f"Invalid value for {name}")
        return int(row.id)


class NewCustomField(CustomFieldRecord):
    """`/customfield`."""

    methods = ("POST",)


class CustomFields(Collection):
    """`/customfields`."""

    kind = CUSTOM_FIELD_KIND
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; disabled ones only when asked for."""
        query = select(CustomField.id)
        if not self.sees_total():
            query = query.where(CustomField.id.in_(visible_fields(self.call)))
        return query if with_disabled(self.call) else query.where(CustomField.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(CustomField.name), CustomField.id)

    def sees_total(self) -> bool:
        """With SeeCustomField everywhere."""
        return bool(self.work.rights.of(Right.SEE_CUSTOM_FIELD).everywhere)


class CustomFieldsOf(CustomFields):
    """`/queue/7/customfields`: those that apply there, of messages too, in the order of pages."""

    needs_condition = False
    model: ClassVar[type[Queue] | type[Catalog] | type[ArticleClass]] = Queue
    right: ClassVar[str] = Right.SEE_QUEUE
    place_kind: ClassVar[str] = "queue"
    lookups: ClassVar[tuple[str, ...]] = (Lookup.TICKET, Lookup.TRANSACTION)

    def is_forbidden(self) -> bool:
        """The right to see the queue, catalog or class."""
        grants, number = self.work.rights.of(self.right), self.call.number("id")
        return not (
            grants.in_queue(number) if self.place_kind == "queue" else grants.on(self.place_kind, number)
        )

    def exists(self) -> bool:
        """Is there such a queue, catalog or class?"""
        return self.work.db.get(self.model, self.call.number("id")) is not None

    def rows(self) -> Select[Any]:
        """Those that the caller sees on things there; none of them is disabled."""
        return select(CustomField.id).where(CustomField.id.in_(self._ids()))

    def default_order(self) -> Sequence[Any]:
        """As pages show them."""
        places = {number: at for at, number in enumerate(self._ids())}
        return (case(places, value=CustomField.id), CustomField.id) if places else (CustomField.id,)

    def sees_total(self) -> bool:
        """Who may see them at all may know how many they are."""
        return True

    def _ids(self) -> list[int]:
        number = self.call.number("id")
        return [each.id for lookup in self.lookups for each in seen_fields(self.call, lookup, number)]


class CustomFieldsOfCatalog(CustomFieldsOf):
    """`/catalog/2/customfields`."""

    model, right, place_kind, lookups = Catalog, Right.SHOW_CATALOG, "catalog", (Lookup.ASSET,)


class CustomFieldsOfClass(CustomFieldsOf):
    """`/class/2/customfields`."""

    model, right, place_kind, lookups = ArticleClass, Right.SEE_CLASS, "class", (Lookup.ARTICLE,)


ROUTES = (
    Route("customfield", NewCustomField, "Make a custom field"),
    Route("customfield/{id}", CustomFieldRecord, "One custom field"),
    Route("customfields", CustomFields, "Custom fields that fit"),
    Route("queue/{id}/customfields", CustomFieldsOf, "The custom fields of a queue's tickets"),
    Route("catalog/{id}/customfields", CustomFieldsOfCatalog, "The custom fields of a catalog's assets"),
    Route("class/{id}/customfields", CustomFieldsOfClass, "The custom fields of a class's articles"),
)
