"""What things hold in their custom fields: read for many of them in one query."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.showing import plain_text
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields, fields_for
from rtpy.models import Asset, CustomFieldContent, Ticket, Transaction
from rtpy.rights.asset_roles import asset_roles
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.work import Work

Contents = dict[int, list[FieldValue]]
"""Values by the id of their field, in order."""


def contents_of(db: Session, object_type: str, object_id: int) -> Contents:
    """What one thing holds. One query."""
    return contents_of_many(db, object_type, (object_id,)).get(object_id, {})


def contents_of_many(db: Session, object_type: str, object_ids: Collection[int]) -> dict[int, Contents]:
    """What several things of one kind hold, by their ids. One query, none for no things."""
    if not object_ids:
        return {}
    found: dict[int, Contents] = defaultdict(lambda: defaultdict(list))
    values = {"type": object_type, "ids": list(object_ids)}
    for row in db.connection().execute(_CONTENTS, values):
        found[row.object_id][row.custom_field_id].append(value_of(row))
    return found


def value_of(row: Any) -> FieldValue:  # Any: a row of a select, or the model
    """The value in a row."""
    return FieldValue(row.content, row.large_content, row.blob_sha256, row.content_type, row.size, row.id)


def read_values(
    work: Work, object_type: str, object_id: int, container_id: int | None = None
) -> Mapping[str, tuple[str, ...]]:
    """The values of one thing by the names of its fields, as text; fields that the actor may not see are left out.

    Every field that stands on the thing is there, empty ones with no values. `container_id`: its queue, catalog or
    class; for tickets, transactions and queues it is found. One query, two for transactions.
    """
    place = _container(work, object_type, object_id) if container_id is None else container_id
    held = contents_of(work.db, object_type, object_id)
    roles = _roles(work, object_type, object_id)
    seen: dict[str, tuple[str, ...]] = {}
    for definition in fields_for(work.app, work.db, object_type, place):
        if sees(work, definition, place, roles):
            texts = as_texts(definition, held.get(definition.id, ()))
            seen[definition.name] = (*seen.get(definition.name, ()), *texts)
    return seen


def as_texts(definition: FieldDefinition, values: Collection[FieldValue]) -> tuple[str, ...]:
    """Values as plain text; moments are ISO in UTC."""
    return tuple(plain_text(definition.type, value) for value in values)


def fields_seen(work: Work, container_ids: Collection[int], roles: frozenset[str]) -> frozenset[int]:
    """The fields whose changes the actor may read in the history of tickets of these queues. No query."""
    return frozenset(
        definition.id
        for definition in all_fields(work.app, work.db).values()
        if any(sees(work, definition, container, roles) for container in container_ids)
    )


def _container(work: Work, object_type: str, object_id: int) -> int:
    if object_type == Lookup.QUEUE:
        return object_id
    if object_type == Lookup.TICKET:
        ticket = work.db.get(Ticket, object_id)
        return ticket.queue_id if ticket else 0
    if object_type == Lookup.TRANSACTION:
        found = work.db.scalar(
            select(Ticket.queue_id)
            .join(Transaction, Transaction.object_id == Ticket.id)
            .where(Transaction.id == object_id, Transaction.object_type == "ticket")
        )
        return found or 0
    return 0


def _roles(work: Work, object_type: str, object_id: int) -> frozenset[str]:
    if not work.rights.of(Right.SEE_CUSTOM_FIELD).by_role:
        return frozenset()
    if object_type == Lookup.ASSET:
        return asset_roles(work.db, work.rights, work.db.get(Asset, object_id))
    ticket = work.db.get(Ticket, object_id) if object_type == Lookup.TICKET else None
    if object_type == Lookup.TRANSACTION:
        said = (Transaction.id == object_id, Transaction.object_type == "ticket")
        ticket = work.db.scalar(
            select(Ticket).join(Transaction, Transaction.object_id == Ticket.id).where(*said)
        )
    return roles_held(work.db, work.rights.principals, ticket) if ticket else frozenset()


_contents = CustomFieldContent.__table__
# Built once: to build it costs more than to run it.
_CONTENTS = (
    select(
        _contents.c.id,
        _contents.c.custom_field_id,
        _contents.c.object_id,
        _contents.c.content,
        _contents.c.large_content,
        _contents.c.blob_sha256,
        _contents.c.content_type,
        _contents.c.size,
    )
    .where(
        _contents.c.object_type == bindparam("type"),
        _contents.c.object_id.in_(bindparam("ids", expanding=True)),
        _contents.c.disabled.is_(False),
    )
    .order_by(_contents.c.sort_order, _contents.c.id)
)
