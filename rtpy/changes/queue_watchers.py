"""Watchers of a queue: they play their role on every ticket in it, without being copied to any."""

from collections import defaultdict

from sqlalchemy import select

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.configuring import note_configuration
from rtpy.changes.guard import changing
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.people import check_watcher
from rtpy.errors import Refused
from rtpy.models import Group, Queue, User, Watcher
from rtpy.models.watcher import ADMIN_CC, CC
from rtpy.rights.names import Right
from rtpy.work import Work


def add_queue_watcher(work: Work, queue: Queue, role: str, principal_id: int) -> bool:
    """Let a user or a group play `role` on all tickets of the queue; False when it does already.

    Roles: Cc, AdminCc, and custom roles for several people that apply in the queue. Needs ModifyQueueWatchers, or
    for oneself Watch (Cc) or WatchAsAdminCc (AdminCc). Raises Refused.
    """
    _check(work, queue, role, principal_id)
    roles = roles_of(work.app, work.db)
    known = roles.by_role.get(role)
    if known is not None and (known.is_single or not roles.holds(role, queue.id)):
        raise Refused(
            f"{known.name} is a role for one person of each ticket, or does not apply in this queue."
        )
    check_watcher(work, principal_id)
    if _row(work, queue, role, principal_id) is not None:
        return False
    before = watchers_by_name(work, queue)
    with changing(work.db):
        work.db.add(Watcher(queue_id=queue.id, role=role, principal_id=principal_id))
        work.db.flush()  # the log reads it
    _note(work, queue, before)
    return True


def remove_queue_watcher(work: Work, queue: Queue, role: str, principal_id: int) -> bool:
    """Take the role away; False when it is not played. Needs the same right as giving it."""
    _check(work, queue, role, principal_id)
    row = _row(work, queue, role, principal_id)
    if row is None:
        return False
    before = watchers_by_name(work, queue)
    with changing(work.db):
        work.db.delete(row)
        work.db.flush()  # the log reads what is left
    _note(work, queue, before)
    return True


def watchers_by_name(work: Work, queue: Queue) -> dict[str, list[str]]:
    """Who watches the queue: names by what people call the role; groups as `group:NAME`. One query."""
    roles = roles_of(work.app, work.db)
    found: dict[str, list[str]] = defaultdict(list)
    rows = work.db.execute(
        select(Watcher.role, User.name, Group.name)
        .outerjoin(User, User.id == Watcher.principal_id)
        .outerjoin(Group, Group.id == Watcher.principal_id)
        .where(Watcher.queue_id == queue.id)
    )
    for role, user, group in rows:
        known = roles.by_role.get(role)
        found[known.name if known else role].append(user if user is not None else f"group:{group}")
    return {role: sorted(names) for role, names in sorted(found.items())}


def _check(work: Work, queue: Queue, role: str, principal_id: int) -> None:
    known = roles_of(work.app, work.db).by_role.get(role)
    if role not in (CC, ADMIN_CC) and (known is None or known.lookup != "ticket"):
        raise Refused("Queues have the roles Cc and AdminCc, and custom roles for several people.")
    own = {CC: Right.WATCH, ADMIN_CC: Right.WATCH_AS_ADMIN_CC}.get(role)
    if own and principal_id == work.actor.user_id and may_in_queue(work, queue, own):
        return
    if not may_in_queue(work, queue, Right.MODIFY_QUEUE_WATCHERS):
        raise Refused(
            f"You may not change who watches queue {queue.name}: the right ModifyQueueWatchers is needed."
        )


def _row(work: Work, queue: Queue, role: str, principal_id: int) -> Watcher | None:
    return work.db.scalar(
        select(Watcher).where(
            Watcher.queue_id == queue.id, Watcher.role == role, Watcher.principal_id == principal_id
        )
    )


def _note(work: Work, queue: Queue, before: dict[str, list[str]]) -> None:
    note_configuration(
        work,
        "queue",
        queue.id,
        queue.name,
        {"watchers": before},
        {"watchers": watchers_by_name(work, queue)},
    )
