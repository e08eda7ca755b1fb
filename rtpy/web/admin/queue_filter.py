"""Narrowing a list of the administration to one queue, or to what is there for every queue."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Queue
from rtpy.web.forms import Field, Option

GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What was chosen, and the field that chooses: nothing, a queue, or what is there for every queue alone."""

    field: Field
    queue_id: int | None = None
    only_global: bool = False

    def takes(self, queue_ids: Collection[int]) -> bool:
        """Is something in the list that is for these queues, or for every queue when there are none?"""
        if self.only_global:
            return not queue_ids
        return self.queue_id is None or not queue_ids or self.queue_id in queue_ids


def read_queue_filter(request: Request, sees: Callable[[int], bool]) -> QueueFilter:
    """`?queue=` a number or `global`; what makes no sense is left out. `sees` says which queues to offer. One query."""
    rows = request.db.execute(
        select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.sort_order, Queue.name)
    )
    queues = {str(row.id): row.name for row in rows if sees(row.id)}
    typed = request.GET.get("queue", "")
    options = [("", "anywhere"), (GLOBAL, "only global ones"), *queues.items()]
    chosen = typed if typed == GLOBAL or typed in queues else ""
    field = Field(
        "queue",
        "Queue",
        kind="select",
        required=True,
        options=tuple(Option(value, label, value == chosen) for value, label in options),
    )
    return QueueFilter(field, int(chosen) if chosen in queues else None, chosen == GLOBAL)
