"""Roles: who plays which on a ticket."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.models import Ticket, Watcher
from rtpy.models.watcher import OWNER


def roles_held(db: Session, principals: frozenset[int], ticket: Ticket) -> frozenset[str]:
    """The roles that any of `principals` plays on `ticket`, by itself or through its queue. One query."""
    rows = db.scalars(
        select(Watcher.role)
        .where(
            or_(Watcher.ticket_id == ticket.id, Watcher.queue_id == ticket.queue_id),
            Watcher.principal_id.in_(principals),
        )
        .distinct()
    )
    held = set(rows)
    if ticket.owner_id in principals:
        held.add(OWNER)
    return frozenset(held)
