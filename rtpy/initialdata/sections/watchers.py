"""Who watches a queue: a role with its people and groups."""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.queue_watchers import add_queue_watcher, remove_queue_watcher, watchers_by_name
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.custom_roles import role_named
from rtpy.initialdata.sections.groups import principal_named
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import Queue
from rtpy.models.watcher import ADMIN_CC, CC
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    return [
        {"queue": queue.name, "role": role, "members": sorted(names)}
        for queue in work.db.scalars(select(Queue).order_by(Queue.sort_order, Queue.name))
        for role, names in watchers_by_name(work, queue).items()
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    queue, name = queue_named(work, str(entry["queue"])), str(entry["role"])
    role = name if name in (CC, ADMIN_CC) else role_named(work, name).role
    present = set(before["members"]) if before else set()
    wanted = {str(member) for member in entry["members"]}
    for member in sorted(wanted - present):
        add_queue_watcher(work, queue, role, principal_named(work, member))
    for member in sorted(present - wanted):
        remove_queue_watcher(work, queue, role, principal_named(work, member))


WATCHERS = Section(
    "queue_watchers", ("queue", "role"), {"members": []}, _dump, _save, unordered=frozenset({"members"})
)
