"""Queues."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import Select, false, select, true

from rtpy.models import Queue
from rtpy.rest.naming import find_queue
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection
from rtpy.rest2.kind import Kind, add_kind
from rtpy.rest2.record import Record
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document
from rtpy.rights.names import Right


class QueueKind(Kind):
    """A queue."""

    name = "queue"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Queue.id, Holds.NUMBER),
        "Name": Searchable(Queue.name),
        "Description": Searchable(Queue.description),
        "Lifecycle": Searchable(Queue.lifecycle),
        "SortOrder": Searchable(Queue.sort_order, Holds.NUMBER),
        "Disabled": Searchable(Queue.disabled, Holds.FLAG),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        rows = call.work.db.scalars(select(Queue).where(Queue.id.in_(ids), visible_queues(call)))
        return {row.id: row for row in rows}

    def names(self, call: Call, row: Any) -> Sequence[str]:
        """All."""
        return ("Name", "Description", "Lifecycle", "SortOrder", "Disabled", "Created")

    def cells(self, call: Call, rows: Sequence[Any], names: Sequence[str]) -> list[Document]:
        """No query."""
        return [
            {
                "Name": row.name,
                "Description": row.description,
                "Lifecycle": row.lifecycle,
                "SortOrder": row.sort_order,
                "Disabled": row.disabled,
                "Created": row.created,
            }
            for row in rows
        ]


QUEUE = add_kind(QueueKind())


def visible_queues(call: Call) -> Any:
    """A clause: queues that the caller sees."""
    grants = call.work.rights.of(Right.SEE_QUEUE)
    return true() if grants.everywhere else Queue.id.in_(grants.queues) if grants.queues else false()


class QueueRecord(Record):
    """`/queue/7`, `/queue/Helpdesk`."""

    methods = ("GET",)
    kind = QUEUE
    is_setup = True

    def find(self) -> Queue | None:
        """By number or name."""
        return find_queue(self.work.db, self.call.args["queue"])

    def is_forbidden(self) -> bool:
        """SeeQueue, before anybody looks whether it exists."""
        return not self.work.rights.of(Right.SEE_QUEUE).in_queue(self.row.id if self.row else 0)


class Queues(Collection):
    """`/queues`."""

    kind = QUEUE
    joins_with = "AND"
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; disabled ones only when asked for."""
        query = select(Queue.id).where(visible_queues(self.call))
        return (
            query if self.call.param("find_disabled_rows") == "1" else query.where(Queue.disabled.is_(False))
        )

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (Queue.name, Queue.id)

    def sees_total(self) -> bool:
        """With SeeQueue everywhere."""
        return bool(self.work.rights.of(Right.SEE_QUEUE).everywhere)


class AllQueues(Queues):
    """`/queues/all`."""

    needs_condition = False


ROUTES = (
    Route("queue/{queue*}", QueueRecord, "One queue"),
    Route("queues", Queues, "Queues that fit"),
    Route("queues/all", AllQueues, "All queues"),
)
