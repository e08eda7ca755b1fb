"""Offered values of custom fields: `/customfield/3/value`, `/customfield/3/values`."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, ClassVar

from sqlalchemy import Select, func, select

from rtpy.changes.customfields.defining import find_field
from rtpy.changes.customfields.one_value import (
    ValueSettings,
    add_value,
    change_value,
    delete_value,
    settings_of_value,
)
from rtpy.customfields.definition import FieldDefinition
from rtpy.fields.definitions import all_fields
from rtpy.http.transactions import SAFE_METHODS
from rtpy.models import CustomField, CustomFieldValue
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection, asked_page, asked_per_page
from rtpy.rest2.field_kind import FieldKind, Reader, column
from rtpy.rest2.kind import add_kind
from rtpy.rest2.plain_values import Column, read_number, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.setup.custom_field_kind import sees_field
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document, Ref, url
from rtpy.rights.names import CUSTOM_FIELD, Right


class ValueKind(FieldKind):
    """An offered value; its address is behind that of its field."""

    name = "customfieldvalue"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(CustomFieldValue.id, Holds.NUMBER),
        "Name": Searchable(CustomFieldValue.name),
        "Description": Searchable(CustomFieldValue.description),
        "Category": Searchable(CustomFieldValue.category),
        "SortOrder": Searchable(CustomFieldValue.sort_order, Holds.NUMBER),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "SortOrder": column("sort_order"),
        "Category": column("category"),
        "CustomField": lambda _call, rows: [Ref("customfield", row.custom_field_id) for row in rows],
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """Of fields that the caller sees. One query."""
        known = all_fields(call.work.app, call.work.db)
        rows = call.work.db.scalars(select(CustomFieldValue).where(CustomFieldValue.id.in_(ids)))
        return {
            row.id: row
            for row in rows
            if row.custom_field_id in known and sees_field(call.work, known[row.custom_field_id])
        }

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Itself, at the address that works (RT's own leads nowhere)."""
        return [{"ref": "self", "type": self.name, "id": row.id, "_url": value_url(call, row)}]


VALUE = add_kind(ValueKind())


def value_url(call: Call, row: CustomFieldValue) -> str:
    """Where a value is found."""
    return url(call, "customfield", row.custom_field_id, "value", row.id)


class ValueRecord(SetupRecord):
    """`/customfield/3/value/14`. Rights are asked on the field."""

    kind = VALUE
    label, logged_as = "CustomFieldValue", "custom_field"
    columns: ClassVar[Mapping[str, Column]] = {
        "Name": Column("name", read_text),
        "Description": Column("description", read_text),
        "SortOrder": Column("sort_order", read_number),
        "Category": Column("category", read_text),
    }
    tolerated = frozenset({"CustomField"})

    @property
    def definition(self) -> FieldDefinition | None:
        """The field of the address."""
        return all_fields(self.work.app, self.work.db).get(self.call.number("field"))

    @property
    def owner(self) -> CustomField:
        """The row of the field."""
        return find_field(self.work, self.call.number("field"))

    def find(self) -> CustomFieldValue | None:
        """A value of that very field."""
        if "id" not in self.call.args:
            return None
        row = self.work.db.get(CustomFieldValue, self.call.number("id"))
        return row if row is not None and row.custom_field_id == self.call.number("field") else None

    def is_forbidden(self) -> bool:
        """To see the field, or to administer it or its values."""
        definition, rights = self.definition, self.work.rights
        if self.call.method in SAFE_METHODS:
            return not (
                sees_field(self.work, definition) if definition else rights.system(Right.SEE_CUSTOM_FIELD)
            )
        names = (Right.ADMIN_CUSTOM_FIELD, Right.ADMIN_CUSTOM_FIELD_VALUES)
        number = self.call.number("field") if definition else 0
        return not any(rights.of(each).on(CUSTOM_FIELD, number) for each in names)

    def etag(self) -> str:
        """Made of the values: a row does not know when it was changed."""
        told = "\x00".join(str(getattr(self.thing, each.attribute)) for each in self.columns.values())
        return sha256(told.encode()).hexdigest()[:16]

    def last_modified(self) -> None:
        """Nobody knows."""
        return

    def current(self, attribute: str) -> Any:
        """As the row has it."""
        return getattr(self.thing, attribute)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Change it in the list."""
        change_value(self.work, self.owner, self.thing, replace(settings_of_value(self.thing), **values))

    def create(self, document: Document) -> CustomFieldValue:
        """At the end of the list, unless it says where."""
        if self.definition is None:
            raise Problem(404)
        given = self.read_columns(document)
        if not given.get("name", "").strip():
            raise Problem(400, "Can't add a custom field value without a name")
        return add_value(self.work, self.owner, replace(ValueSettings(""), **given))

    def place(self, row: Any) -> str:
        """The address that works (RT's own leads nowhere)."""
        return f"customfield/{row.custom_field_id}/value/{row.id}"

    def delete(self) -> None:
        """For good."""
        delete_value(self.work, self.owner, self.thing)


class NewValue(ValueRecord):
    """`/customfield/3/value`."""

    methods = ("POST",)


class Values(Collection):
    """`/customfield/3/values`, in RT's shorter frame."""

    kind = VALUE

    def is_forbidden(self) -> bool:
        """To see the field."""
        definition = all_fields(self.work.app, self.work.db).get(self.call.number("id"))
        if definition is None:
            return not self.work.rights.system(Right.SEE_CUSTOM_FIELD)
        return not sees_field(self.work, definition)

    def exists(self) -> bool:
        """Is there such a field?"""
        return self.call.number("id") in all_fields(self.work.app, self.work.db)

    def rows(self) -> Select[Any]:
        """All that it offers."""
        return select(CustomFieldValue.id).where(CustomFieldValue.custom_field_id == self.call.number("id"))

    def default_order(self) -> Sequence[Any]:
        """As pages offer them."""
        return (CustomFieldValue.sort_order, CustomFieldValue.id)

    def get(self) -> Document:
        """Items have numbers as numbers, and a name; no pages, no links."""
        call, db = self.call, self.work.db
        query = self.rows().where(*self._clauses(self.conditions()))
        total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
        per_page, page = asked_per_page(call), asked_page(call)
        ids = list(
            db.scalars(
                query.order_by(*self._order()).limit(per_page).offset(min((page - 1) * per_page, 2**40))
            )
        )
        rows = self.kind.load(call, ids)
        items = [
            {
                "type": VALUE.name,
                "id": number,
                "name": rows[number].name,
                "_url": value_url(call, rows[number]),
            }
            for number in ids
            if number in rows
        ]
        return {"count": len(items), "total": total, "per_page": per_page, "page": page, "items": items}

    post = get


ROUTES = (
    Route("customfield/{field}/value", NewValue, "Offer a further value"),
    Route("customfield/{field}/value/{id}", ValueRecord, "One offered value"),
    Route("customfield/{id}/values", Values, "The values that a custom field offers"),
)
