"""Removes the sample consultancy: its tickets with all their history, mails, articles, equipment, people and clients.

What real work has begun to lean on (a customer who is on somebody's real ticket) stays, disabled.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from rtpy.app import App
from rtpy.changes.guard import changing
from rtpy.demo.brought import remove_brought, used_by_plugins
from rtpy.demo.made import ROW, Made, read_made
from rtpy.demo.unshelving import remove_shelves
from rtpy.models import (
    Ace,
    Article,
    Asset,
    AssetWatcher,
    Attachment,
    Blob,
    Configuration,
    CustomFieldContent,
    Group,
    IncomingMail,
    Organization,
    OutgoingMail,
    Principal,
    Queue,
    Ticket,
    Transaction,
    User,
    Watcher,
    Webhook,
    WebhookDelivery,
)

T = TypeVar("T")
_SOME = 500
"""Ids in one statement."""


def remove(app: App) -> bool:
    """Remove everything that `load` made, in one transaction; False when there is nothing.

    Raises Refused when a plugin must be enabled for it.
    """
    with app.sessions() as db:
        made = read_made(db)
        if made is None:
            return False
        with changing(db):
            tickets = _tickets(db, made)
            remove_brought(app, db, made, tickets)
            for some in _portions(tickets):
                _remove_tickets(db, some)
            for some in _portions(made.mails):
                _remove_mails(db, IncomingMail.id.in_(some))
            remove_shelves(db, made)
            _remove_queues(app, db, made.queues)
            _remove_organizations(app, db, made.organizations)
            _remove_groups(app, db, made.groups)
            _remove_users(app, db, made.users)
            db.execute(delete(Configuration).where(Configuration.name == ROW))
        db.commit()
    return True


def _tickets(db: Session, made: Made) -> list[int]:
    """The demo's tickets, and those that its invented people have opened since."""
    since = db.scalars(select(Ticket.id).where(Ticket.creator_id.in_(made.users))).all()
    return sorted({*made.tickets, *since})


def _remove_tickets(db: Session, ids: list[int]) -> None:
    history = select(Transaction.id).where(
        Transaction.object_type == "ticket", Transaction.object_id.in_(ids)
    )
    hashes = set(db.scalars(select(Attachment.blob_sha256).where(Attachment.transaction_id.in_(history))))
    _run(
        db,
        update(Ticket)
        .where(or_(Ticket.merged_into_id.in_(ids), Ticket.id.in_(ids)))
        .values(merged_into_id=None),
    )
    _remove_mails(db, IncomingMail.ticket_id.in_(ids))
    _run(db, delete(OutgoingMail).where(OutgoingMail.ticket_id.in_(ids)))
    _run(db, delete(OutgoingMail).where(OutgoingMail.transaction_id.in_(history)))
    _run(db, delete(WebhookDelivery).where(WebhookDelivery.ticket_id.in_(ids)))
    _run(db, delete(Transaction).where(Transaction.object_type == "ticket", Transaction.object_id.in_(ids)))
    _run(db, delete(Ticket).where(Ticket.id.in_(ids)))
    for some in _portions(sorted(hashes)):
        used = select(Attachment.blob_sha256).where(Attachment.blob_sha256.in_(some))
        _run(db, delete(Blob).where(Blob.sha256.in_(some), Blob.sha256.not_in(used)))


def _remove_mails(db: Session, which: ColumnElement[bool]) -> None:
    ids = select(IncomingMail.id).where(which)
    _run(
        db,
        update(IncomingMail)
        .where(IncomingMail.duplicate_of_id.in_(ids.correlate(None)))
        .values(duplicate_of_id=None),
    )
    _run(db, delete(IncomingMail).where(which))


def _remove_queues(app: App, db: Session, ids: list[int]) -> None:
    used = _used(db, ids, Ticket.queue_id, OutgoingMail.queue_id) | used_by_plugins(app, db, ids, "queues.id")
    free = set(ids) - used
    _run(db, delete(Ace).where(Ace.object_type == "queue", Ace.object_id.in_(free)))
    _run(db, delete(Queue).where(Queue.id.in_(free)))
    _run(db, update(Queue).where(Queue.id.in_(used)).values(disabled=True))


def _remove_organizations(app: App, db: Session, ids: list[int]) -> None:
    used = _used(db, ids, Ticket.organization_id, Asset.organization_id)
    used |= used_by_plugins(app, db, ids, "organizations.id")
    _run(db, delete(Organization).where(Organization.id.in_(set(ids) - used)))
    _run(db, update(Organization).where(Organization.id.in_(used)).values(disabled=True))


def _remove_groups(app: App, db: Session, ids: list[int]) -> None:
    used = _used(db, ids, Watcher.principal_id, AssetWatcher.principal_id)
    used |= used_by_plugins(app, db, ids, "groups.id", "principals.id")
    free = set(ids) - used
    _run(db, delete(Group).where(Group.id.in_(free)))
    _remove_principals(db, free, used)


def _remove_users(app: App, db: Session, ids: list[int]) -> None:
    used = _used(
        db,
        ids,
        Ticket.owner_id,
        Ticket.creator_id,
        Ticket.last_updated_by_id,
        Watcher.principal_id,
        Asset.owner_id,
        Asset.creator_id,
        Asset.last_updated_by_id,
        AssetWatcher.principal_id,
        Article.creator_id,
        Article.last_updated_by_id,
        CustomFieldContent.creator_id,
        Transaction.time_worker_id,
        Webhook.user_id,
    )
    # Their own accounts' history goes with them; what they did to anything else keeps them.
    mine = (Transaction.object_type == "user", Transaction.object_id.in_(ids))
    done = select(Transaction.creator_id).where(Transaction.creator_id.in_(ids), ~(mine[0] & mine[1]))
    used |= set(db.scalars(done)) | used_by_plugins(app, db, ids, "users.id", "principals.id")
    free = set(ids) - used
    _run(db, delete(Transaction).where(Transaction.object_type == "user", Transaction.object_id.in_(free)))
    _run(db, delete(User).where(User.id.in_(free)))
    _remove_principals(db, free, used)


def _remove_principals(db: Session, free: set[int], used: set[int]) -> None:
    _run(db, delete(Principal).where(Principal.id.in_(free)))
    _run(db, update(Principal).where(Principal.id.in_(used)).values(disabled=True))


def _used(db: Session, ids: list[int], *columns: InstrumentedAttribute[Any]) -> set[int]:
    """Which of the ids these columns still name."""
    return {found for column in columns for found in db.scalars(select(column).where(column.in_(ids)))}


def _run(db: Session, statement: Any) -> None:
    db.execute(statement, execution_options={"synchronize_session": False})


def _portions(ids: Iterable[T]) -> Iterable[list[T]]:
    every = list(ids)
    return (every[start : start + _SOME] for start in range(0, len(every), _SOME))
