"""Transactions as a kind: raw values in lists, references in a single record, as RT has them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from rtpy.customfields.kinds import Lookup
from rtpy.fields.definitions import all_fields
from rtpy.links.things import thing_of
from rtpy.links.uris import ticket_id_of
from rtpy.models import Ticket, Transaction
from rtpy.models.custom_role import PREFIX
from rtpy.rest.naming import find_user, read_number
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import NO_ROLES, field_refs
from rtpy.rest2.field_kind import FieldKind, Reader, column, filled_column, person
from rtpy.rest2.histories.attachments_numbers import pieces_of
from rtpy.rest2.histories.of_tickets import COLUMNS
from rtpy.rest2.histories.visible import visible_events, with_things
from rtpy.rest2.kind import add_kind, expand, self_link
from rtpy.rest2.principals import principal_refs, user_refs
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Number, Ref
from rtpy.rights.names import Right
from rtpy.search.columns.people import roles_of_reader

MESSAGES = ("Comment", "Correspond")
REFERRED = frozenset({"queue", "ticket", "user", "group", "asset", "article"})
"""Kinds of things that have an address of their own here."""


def _user_number(call: Call, text: str) -> int | None:
    found = find_user(call.work.db, text)
    return found.id if found else None


class TransactionKind(FieldKind):
    """An entry of a history. Rows are those of COLUMNS."""

    name = "transaction"
    only_asked = frozenset({"ObjectType", "ObjectId", "_hyperlinks"})
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Transaction.id, Holds.NUMBER),
        "ObjectType": Searchable(Transaction.object_type),
        "ObjectId": Searchable(Transaction.object_id, Holds.NUMBER),
        "Type": Searchable(Transaction.type),
        "Field": Searchable(Transaction.field),
        "OldValue": Searchable(Transaction.old_value),
        "NewValue": Searchable(Transaction.new_value),
        "OldReference": Searchable(Transaction.old_reference, Holds.NUMBER),
        "NewReference": Searchable(Transaction.new_reference, Holds.NUMBER),
        "Data": Searchable(Transaction.data),
        "TimeTaken": Searchable(Transaction.time_taken, Holds.NUMBER),
        "TimeWorker": Searchable(Transaction.time_worker_id, Holds.NUMBER, find=_user_number),
        "Creator": Searchable(Transaction.creator_id, Holds.NUMBER, find=_user_number),
        "Created": Searchable(Transaction.created, Holds.MOMENT),
    }

    def load(self, call: Call, ids: Collection[int]) -> Mapping[int, Any]:
        """Those of which the caller may know. One query."""
        query = with_things(select(*COLUMNS).select_from(Transaction))
        rows = call.work.db.connection().execute(query.where(Transaction.id.in_(ids), visible_events(call)))
        return {row.id: row for row in rows}

    def record(self, call: Call, row: Any) -> Document:
        """A single one: what its values name stands there as references."""
        cells = {**self.cells(call, [row], self.names(call, row))[0], **referred(call, row)}
        filled = {name: value for name, value in cells.items() if value is not None}
        body = {"id": row.id, **expand(call, [filled])[0]}
        return {**body, "_hyperlinks": expand(call, [{"links": _hyperlinks(call, [row])[0]}])[0]["links"]}


def referred(call: Call, row: Any) -> Document:
    """Field, OldValue and NewValue as references where they name things; what they name not is left out."""
    field, old, new = row.field, row.old_value, row.new_value
    if row.type == "CustomField" and (number := read_number(field)):
        return {"Field": Ref("customfield", number)}
    if row.type == "AddLink":
        return {"NewValue": _linked(call, new)}
    if row.type == "DeleteLink":
        return {"OldValue": _linked(call, old)}
    if row.type == "Set" and field == "Queue":
        values = {"OldValue": old, "NewValue": new}
        return {name: Ref("queue", number) for name, text in values.items() if (number := read_number(text))}
    if row.type in ("AddWatcher", "DelWatcher", "SetWatcher") or (row.type == "Set" and field == "Owner"):
        values = {"OldValue": read_number(old), "NewValue": read_number(new)}
        refs = principal_refs(call, {number for number in values.values() if number})
        return {name: refs[number] for name, number in values.items() if number in refs}
    return {}


def _linked(call: Call, uri: str) -> Ref | str:
    """What a link leads to; an address elsewhere stays a text."""
    organization = call.work.app.config.organization
    if (ticket := ticket_id_of(uri, organization)) is not None:
        return Ref("ticket", ticket)
    thing = thing_of(uri, organization)
    return Ref(*thing) if thing else uri


def _object(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    users = user_refs(call, {row.object_id for row in rows if row.object_type == "user"})
    return [
        users.get(row.object_id)
        if row.object_type == "user"
        else Ref(row.object_type, row.object_id)
        if row.object_type in REFERRED
        else None
        for row in rows
    ]


def _object_type(_call: Call, rows: Sequence[Any]) -> Sequence[str]:
    return [f"RT::{row.object_type.capitalize()}" for row in rows]


def _field(_call: Call, rows: Sequence[Any]) -> Sequence[str | None]:
    """Custom roles are named as in RT."""
    return [f"RT::{row.field}" if row.field.startswith(PREFIX) else row.field or None for row in rows]


def _reference_type(_call: Call, rows: Sequence[Any]) -> Sequence[str | None]:
    return ["RT::ObjectCustomFieldValue" if row.old_reference or row.new_reference else None for row in rows]


def _data(_call: Call, rows: Sequence[Any]) -> Sequence[str | None]:
    """Of a message its subject."""
    return [row.data or ("No Subject" if row.type in MESSAGES else None) for row in rows]


def _minutes(name: str) -> Reader:
    """Who is no staff does not read about work: see `rtpy.history.public`."""

    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        return [getattr(row, name) if call.login.is_privileged else None for row in rows]

    return read


def _worker(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = user_refs(call, {row.time_worker_id for row in rows if row.time_worker_id is not None})
    return [refs.get(row.time_worker_id) if call.login.is_privileged else None for row in rows]


def _worked_date(call: Call, rows: Sequence[Any]) -> Sequence[str | None]:
    days = (row.time_worked_date if call.login.is_privileged else None for row in rows)
    return [day.isoformat() if day else None for day in days]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[list[Ref] | None]:
    """Of entries of tickets on which fields of transactions stand. At most three queries, none without such fields."""
    lookup = Lookup.TRANSACTION
    known = all_fields(call.work.app, call.work.db).values()
    mine = [row for row in rows if row.object_type == "ticket"]
    if not mine or not any(each.lookup == lookup and not each.disabled for each in known):
        return [None for _ in rows]
    values = {"ids": list({row.object_id for row in mine})}
    found = {row.asked: row for row in call.work.db.connection().execute(_TICKETS, values)}
    roles: Mapping[int, frozenset[str]] = {}
    if call.work.rights.of(Right.SEE_CUSTOM_FIELD).by_role:
        tickets = {row.id: (row.queue_id, row.owner_id) for row in found.values()}
        roles = roles_of_reader(call.work.db, call.work.rights.principals, tickets)
    there = {row.id: found[row.object_id] for row in mine if row.object_id in found}
    refs = field_refs(
        call,
        lookup,
        {number: ticket.queue_id for number, ticket in there.items()},
        {number: roles.get(ticket.id, NO_ROLES) for number, ticket in there.items()},
    )
    return [refs.get(row.id) or None for row in rows]


def _hyperlinks(call: Call, rows: Sequence[Any]) -> Sequence[list[Document]]:
    """The transaction itself, then each attachment. At most two queries for all."""
    pieces = pieces_of(call, {row.id: row.type for row in rows})
    return [
        [
            {**self_link(call, "transaction", row.id), "id": Number(row.id)},
            *(
                {"ref": "attachment", "_url": f"{call.base}/attachment/{number}"}
                for number in pieces.get(row.id, ())
            ),
        ]
        for row in rows
    ]


TransactionKind.fields = {
    "Type": column("type"),
    "Object": _object,
    "ObjectType": _object_type,
    "ObjectId": column("object_id"),
    "Field": _field,
    "OldValue": filled_column("old_value"),
    "NewValue": filled_column("new_value"),
    "ReferenceType": _reference_type,
    "OldReference": column("old_reference"),
    "NewReference": column("new_reference"),
    "Data": _data,
    "TimeTaken": _minutes("time_taken"),
    "TimeWorker": _worker,
    "TimeWorkedDate": _worked_date,
    "Creator": person("creator_id"),
    "Created": column("created"),
    "CustomFields": _custom_fields,
    "_hyperlinks": _hyperlinks,
}
TRANSACTION = add_kind(TransactionKind())
NO_STAFF = frozenset({"TimeTaken", "TimeWorker", "OldReference", "NewReference"})
"""What who is no staff neither reads nor searches by."""

# Built once: to build it costs more than to run it.
_named, _kept = aliased(Ticket), aliased(Ticket)
_TICKETS = (
    select(_named.id.label("asked"), _kept.id, _kept.queue_id, _kept.owner_id)
    .select_from(_named)
    .join(_kept, _kept.id == func.coalesce(_named.merged_into_id, _named.id))
    .where(_named.id.in_(bindparam("ids", expanding=True)))
)
