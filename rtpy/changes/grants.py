"""Granting and revoking rights on a queue, recorded in the queue's history."""

from sqlalchemy import select

from rtpy.changes.allowed import need_in_queue
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Refused
from rtpy.models import Ace, Queue, Transaction
from rtpy.rights.names import RIGHTS, Right
from rtpy.work import Work


def grant_right(work: Work, principal_id: int, right: str, queue: Queue) -> None:
    """Let a user or a group have `right` on `queue`; nothing when they have it. Needs ModifyACL and `right` itself."""
    _check(work, right, queue)
    need_in_queue(work, queue, right)
    if _find(work, principal_id, right, queue):
        return
    ace = Ace(principal_id=principal_id, right_name=right, object_type="queue", object_id=queue.id)
    work.db.add(ace)
    granted = Transaction(type="AddRight", field=right, new_value=str(principal_id))
    record(work, "queue", queue.id, Record(granted))
    work.forget_rights()


def revoke_right(work: Work, principal_id: int, right: str, queue: Queue) -> None:
    """Take `right` on `queue` away; nothing when they have it not. Needs ModifyACL."""
    _check(work, right, queue)
    aces = _find(work, principal_id, right, queue)
    if not aces:
        return
    for ace in aces:
        work.db.delete(ace)
    revoked = Transaction(type="DeleteRight", field=right, old_value=str(principal_id))
    record(work, "queue", queue.id, Record(revoked))
    work.forget_rights()


def _check(work: Work, right: str, queue: Queue) -> None:
    need_in_queue(work, queue, Right.MODIFY_ACL)
    if right not in RIGHTS or RIGHTS[right].held_on != "queue":
        raise Refused(f"{right} is no right that is held on queues.")


def _find(work: Work, principal_id: int, right: str, queue: Queue) -> list[Ace]:
    rows = work.db.scalars(
        select(Ace).where(
            Ace.principal_id == principal_id,
            Ace.right_name == right,
            Ace.object_type == "queue",
            Ace.object_id == queue.id,
        )
    )
    return list(rows)
