"""Queues: `/queue`, `/queues`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, true

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.queue_watchers import add_queue_watcher, remove_queue_watcher
from rtpy.changes.queues import QueueValues, change_queue, create_queue, typed_values
from rtpy.changes.roles import roles_of
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.fields.allowed import sees
from rtpy.models import Queue, Transaction
from rtpy.models.watcher import ADMIN_CC, CC
from rtpy.rest.naming import find_queue
from rtpy.rest2.changed_words import say_changed, say_refused
from rtpy.rest2.collection import with_disabled
from rtpy.rest2.field_conditions import SearchesFields
from rtpy.rest2.field_values_of_things import Holder, first_fields, put_fields
from rtpy.rest2.plain_values import Column, read_flag, read_number, read_text
from rtpy.rest2.problem import Problem as Refusal
from rtpy.rest2.role_lists import RoleDeed, custom_roles_in, put_role, say_unknown_roles
from rtpy.rest2.route import Route
from rtpy.rest2.setup.queue_kind import DEFAULTS, LOGGED_AS, QUEUE, visible_queues, watchers_of
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document
from rtpy.rights.names import Right


def _read_name(name: str, value: Any) -> str:
    """Digits alone would be taken for a number (RT)."""
    text = " ".join(read_text(name, value).split())
    if text.isdigit():
        raise Invalid(Problem(name, f"'{text}' is not a valid name."))
    return text


class QueueRecord(SetupRecord):
    """`/queue/7`, `/queue/Helpdesk`."""

    kind = QUEUE
    label, logged_as = "Queue", LOGGED_AS
    columns = {  # noqa: RUF012
        "Name": Column("name", _read_name),
        "Description": Column("description", read_text),
        "CorrespondAddress": Column("correspond_address", read_text),
        "CommentAddress": Column("comment_address", read_text),
        "Lifecycle": Column("lifecycle", read_text),
        "SubjectTag": Column("subject_tag", read_text),
        "SortOrder": Column("sort_order", read_number),
        "Disabled": Column("disabled", read_flag),
    }
    more = frozenset({"Cc", "AdminCc", "CustomFields", "CustomRoles", "DefaultValues", "SLADisabled"})
    tolerated = frozenset({"TicketCustomFields", "TicketTransactionCustomFields"})

    def find(self) -> Queue | None:
        """By number or name."""
        name = self.call.args.get("queue")
        return find_queue(self.work.db, name) if name else None

    def sees(self, number: int) -> bool:
        """SeeQueue."""
        return bool(self.work.rights.of(Right.SEE_QUEUE).in_queue(number))

    def administers(self, number: int) -> bool:
        """AdminQueue."""
        return bool(self.work.rights.of(Right.ADMIN_QUEUE).in_queue(number))

    def etag(self) -> str | None:
        """The log of the set-up, and the history: values of custom fields are recorded there."""
        newest = self.work.db.scalar(
            select(func.max(Transaction.id)).where(
                Transaction.object_type == "queue", Transaction.object_id == self.thing.id
            )
        )
        return f"{super().etag()}-{newest}" if newest else super().etag()

    def create(self, document: Document) -> Queue:
        """Refused in RT's words. Cc and AdminCc are for PUT, as in RT."""
        given = self.read_columns(document)
        name, lifecycle = given.get("name", ""), given.get("lifecycle", "")
        if not name:
            raise Refusal(400, "Queue name is required")
        if find_queue(self.work.db, name) is not None:
            raise Refusal(400, "Queue already exists")
        if lifecycle and lifecycle not in self.work.app.lifecycles:
            raise Refusal(400, f"{lifecycle} is not a valid lifecycle")
        if not lifecycle:
            given.pop("lifecycle", None)
        queue = create_queue(self.work, QueueValues(**_typed({**given, **_read_defaults(document)})))
        fields = first_fields(self.call, Lookup.QUEUE, queue.id, document.get("CustomFields"))
        if fields.values:
            set_fields(self.work, Lookup.QUEUE, queue.id, fields)
        return queue

    def put_more(self, document: Document) -> list[str]:
        """Watchers, custom fields, defaults."""
        said: list[str] = []
        if "CustomFields" in document:
            holder = Holder(Lookup.QUEUE, self.thing.id, self.thing.id)
            said += put_fields(self.call, self.numbered, holder, document["CustomFields"], self._set_fields)
        for role in (CC, ADMIN_CC):
            if role in document:
                said += self._put_role(role, document[role])
        applying = roles_of(self.work.app, self.work.db).in_queue(self.thing.id)
        custom, unknown = custom_roles_in(self.work, document, "ticket", applying)
        for known, people in custom:
            said += self._put_role(known.role, people, known.name)
        said += say_unknown_roles(self.numbered, unknown)
        return [*said, *self._put_defaults(document), *_say_sla(self.numbered, document)]

    def _set_fields(self, given: GivenFields, removed: frozenset[int]) -> list[Transaction]:
        return set_fields(self.work, Lookup.QUEUE, self.thing.id, given, removed=removed)

    def _put_role(self, role: str, value: Any, shown: str = "") -> list[str]:
        work, row, name = self.work, self.thing, shown or role
        deed = RoleDeed(
            role=name,
            present=[ref.id for ref in watchers_of(self.call, [row.id])[row.id].get(role, ())],
            may=work.rights.of(Right.MODIFY_QUEUE_WATCHERS).in_queue(row.id),
            give=lambda number: add_queue_watcher(work, row, role, number),
            take=lambda number: remove_queue_watcher(work, row, role, number),
            say_given=lambda who: f"Added {who} as {name} for this queue",
            say_taken=lambda who: f"{who} is no longer {name} for this queue",
        )
        return put_role(self.call, self.numbered, value, deed)

    def _put_defaults(self, document: Document) -> list[str]:
        try:
            given = _read_defaults(document)
        except RtpyError as problem:
            return [say_refused(self.numbered, problem)]
        said = []
        for name, attribute in DEFAULTS:
            if attribute not in given:
                continue
            old = str(self.current(attribute))
            try:
                with self.work.db.begin_nested():
                    self.apply({attribute: given[attribute]})
            except RtpyError as problem:
                said.append(say_refused(self.numbered, problem))
                continue
            new = str(self.current(attribute))
            if old != new:
                said.append(say_changed(self.numbered, f"Default value of {name}", old, new, '"'))
        return said

    def apply(self, values: Mapping[str, Any]) -> None:
        """Through the one function that changes queues."""
        change_queue(self.work, self.thing, replace(typed_values(self.thing), **_typed(values)))


class NewQueue(QueueRecord):
    """`/queue`."""

    methods = ("POST",)


class Queues(SearchesFields):
    """`/queues`."""

    kind = QUEUE
    lookup = Lookup.QUEUE
    joins_with = "AND"
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; disabled ones only when asked for."""
        query = select(Queue.id).where(visible_queues(self.call))
        return query if with_disabled(self.call) else query.where(Queue.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(Queue.name), Queue.id)

    def sees_total(self) -> bool:
        """With SeeQueue everywhere."""
        return bool(self.work.rights.of(Right.SEE_QUEUE).everywhere)

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """A queue is its own place."""
        if sees(self.work, definition):
            return true()
        ids = self.work.rights.of(Right.SEE_CUSTOM_FIELD).queues
        return Queue.id.in_(ids) if ids else false()


class AllQueues(Queues):
    """`/queues/all`."""

    needs_condition = False


ROUTES = (
    Route("queue", NewQueue, "Make a queue"),
    Route("queue/{queue*}", QueueRecord, "One queue, by number or name"),
    Route("queues", Queues, "Queues that fit"),
    Route("queues/all", AllQueues, "All queues"),
)


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, bool) else str(value) for name, value in values.items()}


def _read_defaults(document: Document) -> dict[str, str]:
    """DefaultValues, by attribute. Raises Invalid."""
    given = document.get("DefaultValues") or {}
    if not isinstance(given, dict):
        raise Invalid(Problem("DefaultValues", "DefaultValues must be an object"))
    return {
        attribute: read_text(name, given[name]) or ("0" if name.endswith("Priority") else "")
        for name, attribute in DEFAULTS
        if name in given
    }


def _say_sla(label: str, document: Document) -> list[str]:
    """There are no levels of service by queue: what says so is right, anything else cannot be done."""
    if "SLADisabled" not in document or str(document["SLADisabled"]).lower() in ("1", "true"):
        return []
    return [f"{label}: SLADisabled cannot be changed: queues have no levels of service here"]
