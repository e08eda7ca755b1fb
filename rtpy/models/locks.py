"""Row locks: the only place that locks, so that the order can be kept.

The order: a bundle of changes locks one ticket; merging and linking lock two, always the lower id first.
SQLite has one writer at a time and needs none of this.
"""

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from rtpy.models.queue import Queue
from rtpy.models.ticket import Ticket

_COLUMNS = [column.key for column in Ticket.__mapper__.column_attrs]


def lock_tickets(db: Session, *tickets: Ticket) -> None:
    """Lock the rows of `tickets` until the transaction ends and read them anew; their queues are loaded after it."""
    for ticket in sorted(tickets, key=lambda ticket: ticket.id):
        if db.get_bind().dialect.name == "postgresql":
            db.refresh(ticket, attribute_names=_COLUMNS, with_for_update=True)
        set_committed_value(ticket, "queue", db.get_one(Queue, ticket.queue_id))
