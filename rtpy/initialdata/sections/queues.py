"""Queues with everything about them but their rights and watchers, which come later in the file."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any  # a queue's values are texts and flags

from sqlalchemy import func, select

from rtpy.changes.queues import QueueValues, change_queue, create_queue, values_of
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.models import Queue
from rtpy.work import Work

NUMBERS = ("sort_order", "initial_priority", "final_priority")
USUAL: Entry = {
    each.name: 0 if each.name in NUMBERS else each.default
    for each in fields(QueueValues)
    if each.name != "name"
}


def _dump(work: Work) -> Sequence[Entry]:
    return [
        values_of(queue) for queue in work.db.scalars(select(Queue).order_by(Queue.sort_order, Queue.name))
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    typed: dict[str, Any] = {
        name: value if isinstance(value, bool) else str(value) for name, value in entry.items()
    }
    values = QueueValues(**typed)
    if before is None:
        create_queue(work, values)
    else:
        change_queue(work, queue_named(work, values.name), values)


def queue_named(work: Work, name: str) -> Queue:
    """The queue of that name, without regard to case. Raises Invalid."""
    queue = work.db.scalar(select(Queue).where(func.lower(Queue.name) == name.lower()))
    if queue is None:
        raise Invalid(Problem("queue", f"There is no queue {name}: add it under queues."))
    return queue


QUEUES = Section("queues", ("name",), USUAL, _dump, _save)
