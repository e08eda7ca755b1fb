"""Who watches a queue, for the pages that show it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.models import Group, Principal, User, Watcher
from rtpy.web.staff.ticket.sidebar import UNDELIVERABLE, WatcherLine


def read_queue_watchers(db: Session, queue_id: int) -> list[WatcherLine]:
    """Everybody with a role on the queue who is not switched off, in the order in which they came. One query."""
    rows = db.execute(
        select(
            Watcher.role,
            Watcher.principal_id,
            User.name,
            User.real_name,
            User.nick_name,
            User.email_address,
            User.undeliverable,
            Group.name.label("group_name"),
        )
        .join(Principal, Principal.id == Watcher.principal_id)
        .outerjoin(User, User.id == Watcher.principal_id)
        .outerjoin(Group, Group.id == Watcher.principal_id)
        .where(Watcher.queue_id == queue_id, Principal.disabled.is_(False))
        .order_by(Watcher.id)
    )
    return [
        WatcherLine(
            row.role,
            row.principal_id,
            row.group_name or row.real_name or row.nick_name or row.name,
            row.email_address or "",
            row.group_name is not None,
            (row.undeliverable or 0) >= UNDELIVERABLE,
        )
        for row in rows
    ]
