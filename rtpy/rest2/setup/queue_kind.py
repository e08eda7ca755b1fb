"""Queues as a kind: what a queue shows, and which queues a caller sees."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import bindparam, false, select, true

from rtpy.changes.roles import roles_of
from rtpy.customfields.kinds import Lookup
from rtpy.db.base import table_of
from rtpy.models import Queue, Watcher
from rtpy.models.watcher import ADMIN_CC, CC
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs, seen_fields
from rtpy.rest2.field_kind import FieldKind, Reader, always, column, filled_column
from rtpy.rest2.histories.past import past_fields
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.principals import principal_refs
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Ref, stub, url
from rtpy.rights.names import Right

LOGGED_AS = "queue"
DEFAULTS = (
    ("InitialPriority", "initial_priority"),
    ("FinalPriority", "final_priority"),
    ("Due", "due_default"),
    ("Starts", "starts_default"),
)
"""What RT keeps as DefaultValues."""


def visible_queues(call: Call) -> Any:  # Any: a clause
    """A clause over queues: those that the caller sees."""
    grants = call.work.rights.of(Right.SEE_QUEUE)
    return true() if grants.everywhere else Queue.id.in_(grants.queues) if grants.queues else false()


def watchers_of(call: Call, ids: Numbers[int]) -> Mapping[int, Mapping[str, list[Ref]]]:
    """Who watches these queues: people and groups by role. Three queries at most, once for a call."""
    kept: dict[int, dict[str, list[Ref]]] = call.cache.setdefault("queue_watchers", {})
    unknown = [each for each in ids if each not in kept]
    if unknown:
        rows = call.work.db.connection().execute(_WATCHERS, {"ids": unknown}).all()
        refs = principal_refs(call, {row.principal_id for row in rows})
        kept.update({each: defaultdict(list) for each in unknown})
        for row in rows:
            if row.principal_id in refs:
                kept[row.queue_id][row.role].append(refs[row.principal_id])
    return kept


def applied_fields(lookup: str) -> Reader:
    """The custom fields of what is in a queue, class or catalog, as far as the caller sees them. No query."""

    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            [
                Ref("customfield", each.id, extra={"ref": "customfield", "name": each.name})
                for each in seen_fields(call, lookup, row.id)
            ]
            for row in rows
        ]

    return read


def _role(name: str) -> Reader:
    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        watchers = watchers_of(call, [row.id for row in rows])
        return [list(watchers[row.id].get(name, ())) for row in rows]

    return read


def _custom_roles(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    watchers, roles = watchers_of(call, [row.id for row in rows]), roles_of(call.work.app, call.work.db)
    found = [
        {
            role.name: list(watchers[row.id].get(role.role, ()))
            for role in roles.in_queue(row.id)
            if not role.is_single
        }
        for row in rows
    ]
    return [each or None for each in found]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = field_refs(call, Lookup.QUEUE, {row.id: row.id for row in rows})
    return [refs[row.id] for row in rows]


def _defaults(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    found = [{name: getattr(row, attribute) or "" for name, attribute in DEFAULTS} for row in rows]
    return [{name: value for name, value in each.items() if value} or None for each in found]


class QueueKind(FieldKind):
    """A queue."""

    name = "queue"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Queue.id, Holds.NUMBER),
        "Name": Searchable(Queue.name),
        "Description": Searchable(Queue.description),
        "CorrespondAddress": Searchable(Queue.correspond_address),
        "CommentAddress": Searchable(Queue.comment_address),
        "Lifecycle": Searchable(Queue.lifecycle),
        "SubjectTag": Searchable(Queue.subject_tag),
        "SortOrder": Searchable(Queue.sort_order, Holds.NUMBER),
        "Disabled": Searchable(Queue.disabled, Holds.FLAG),
        "Created": Searchable(Queue.created, Holds.MOMENT),
    }
    for_staff = frozenset({"Cc", "AdminCc", "CustomRoles", "CommentAddress", "DefaultValues"})
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "CorrespondAddress": column("correspond_address"),
        "CommentAddress": column("comment_address"),
        "Lifecycle": column("lifecycle"),
        "SubjectTag": filled_column("subject_tag"),
        "SortOrder": column("sort_order"),
        "SLADisabled": always(True),
        "Disabled": column("disabled"),
        **past_fields(LOGGED_AS),
        "Cc": _role(CC),
        "AdminCc": _role(ADMIN_CC),
        "CustomRoles": _custom_roles,
        "CustomFields": _custom_fields,
        "TicketCustomFields": applied_fields(Lookup.TICKET),
        "TicketTransactionCustomFields": applied_fields(Lookup.TRANSACTION),
        "DefaultValues": _defaults,
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        rows = call.work.db.scalars(select(Queue).where(Queue.id.in_(ids), visible_queues(call)))
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Its custom fields and roles, its history, and where tickets are made."""
        roles = roles_of(call.work.app, call.work.db).in_queue(row.id)
        found = [
            self_link(call, self.name, row.id),
            *field_links(call, Lookup.QUEUE, row.id),
            *(custom_role_link(call, role.id) for role in roles),
            {"ref": "history", "_url": url(call, self.name, row.id, "history")},
        ]
        if call.work.rights.of(Right.CREATE_TICKET).in_queue(row.id):
            found.append(create_link(call, "ticket", "Queue", row.id))
        return found


QUEUE = add_kind(QueueKind())


def custom_role_link(call: Call, number: int) -> Document:
    """The hyperlink to a custom role."""
    extra = {"group_type": f"RT::CustomRole-{number}"}
    return {"ref": "customrole", **stub(call, Ref("customrole", number, extra=extra))}


def create_link(call: Call, kind: str, parameter: str, number: int) -> Document:
    """The hyperlink to where something is made in this queue, catalog or class."""
    return {"ref": "create", "type": kind, "_url": f"{url(call, kind)}?{parameter}={number}"}


_watchers = table_of(Watcher).c
_WATCHERS = (
    select(_watchers.queue_id, _watchers.role, _watchers.principal_id)
    .where(_watchers.queue_id.in_(bindparam("ids", expanding=True)))
    .order_by(_watchers.id)
)
