"""Row locks: the only place that locks, so that the order can be kept.

The order: memberships, then people, then rows of the set-up, then tickets. A bundle of changes locks one ticket;
merging and linking lock two, always the lower id first.
SQLite has one writer at a time and needs none of this.
"""

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from rtpy.db.base import Base
from rtpy.errors import Gone
from rtpy.models.asset import Asset
from rtpy.models.group import EVERYONE, Group
from rtpy.models.queue import Queue
from rtpy.models.ticket import Ticket
from rtpy.models.user import User

_COLUMNS = [column.key for column in Ticket.__mapper__.column_attrs]


def lock_tickets(db: Session, *tickets: Ticket) -> None:
    """Lock the rows of `tickets` until the transaction ends and read them anew; their queues are loaded after it.

    Raises Gone for one that was shredded since it was read.
    """
    for ticket in sorted(tickets, key=lambda ticket: ticket.id):
        number = ticket.id
        if db.get_bind().dialect.name == "postgresql":
            try:
                db.refresh(ticket, attribute_names=_COLUMNS, with_for_update=True)
            except InvalidRequestError as problem:
                if db.scalar(select(Ticket.id).where(Ticket.id == number)) is not None:
                    raise
                raise Gone(f"Ticket #{number} was deleted for good meanwhile.") from problem
        set_committed_value(ticket, "queue", db.get_one(Queue, ticket.queue_id))


def lock_asset(db: Session, asset: Asset) -> None:
    """Lock the row of an asset until the transaction ends and read it anew; a bundle of changes locks one."""
    db.flush()  # or what waits to be written would be forgotten
    if db.get_bind().dialect.name == "postgresql":
        db.refresh(asset, with_for_update=True)


def lock_row(db: Session, row: Base) -> None:
    """Lock one row of the set-up, such as a queue or an article, until the transaction ends and read it anew."""
    db.flush()  # or what waits to be written would be forgotten
    if db.get_bind().dialect.name == "postgresql":
        db.refresh(row, with_for_update=True)


def lock_memberships(db: Session) -> None:
    """Let nobody else change who is in which group until the transaction ends: a circle is made of two halves."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(_EVERYONE)


def lock_name(db: Session, name: str) -> None:
    """Let nobody else who locks the same name go on until the transaction ends."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def lock_users(db: Session, *user_ids: int) -> None:
    """Lock these people, the lower id first, and read them anew."""
    db.flush()  # or what waits to be written would be forgotten
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(_USERS, {"ids": sorted(user_ids)})
    for user_id in sorted(user_ids):
        db.refresh(db.get_one(User, user_id))


_EVERYONE = select(Group.id).where(Group.domain == "SystemInternal", Group.name == EVERYONE).with_for_update()
_USERS = (
    select(User.id).where(User.id.in_(bindparam("ids", expanding=True))).order_by(User.id).with_for_update()
)
