"""Row locks: the only place that locks, so that the order can be kept.

The order: a bundle of changes locks one ticket; merging and linking lock two, always the lower id first.
SQLite has one writer at a time and needs none of this.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.models import Ticket


def lock_tickets(db: Session, *tickets: Ticket) -> None:
    """Lock the rows of `tickets` until the transaction ends and read them anew."""
    if db.get_bind().dialect.name != "postgresql":
        return
    ids = sorted({ticket.id for ticket in tickets})
    query = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()
    db.scalars(query.execution_options(populate_existing=True)).all()
