"""What customers may see of a ticket's history: decided here and nowhere else, for pages, mails, feeds and searches.

The list is closed: a new type of transaction is internal until it is added. Public are the request itself, replies
and their corrections, changes of status and of subject. Internal are comments and everything about them, who owns, who
watches, which queue, priorities, minutes, links, records of mails sent and errors. Of a public transaction the minutes
(`time_taken`, `time_worker_id`, `time_worked_date`) stay internal.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from rtpy.models import Attachment, Transaction

PUBLIC_TYPES = ("Create", "Correspond", "Correct", "Status")
PUBLIC_FIELDS = ("Subject",)
"""Fields whose `Set` transactions are public."""


def is_public(transaction: Transaction) -> bool:
    """May customers see this transaction, given that they may see its ticket?"""
    if transaction.type in PUBLIC_TYPES:
        return True
    return transaction.type == "Set" and transaction.field in PUBLIC_FIELDS


def public_clause() -> ColumnElement[bool]:
    """The same as a clause over `transactions`, for queries that page or count."""
    changed = and_(Transaction.type == "Set", Transaction.field.in_(PUBLIC_FIELDS))
    return and_(Transaction.object_type == "ticket", or_(Transaction.type.in_(PUBLIC_TYPES), changed))


def public_transactions(db: Session, ticket_ids: Sequence[int]) -> Sequence[Transaction]:
    """What customers may see of tickets (one, or one with those merged into it), oldest first.

    Creators are loaded. Two queries.
    """
    return db.scalars(
        select(Transaction)
        .where(Transaction.object_id.in_(ticket_ids), public_clause())
        .order_by(Transaction.id)
        .options(selectinload(Transaction.creator))
    ).all()


def public_message_ids(db: Session, ticket_id: int, *, newest: int = 6) -> list[str]:
    """Message-IDs of the mails that people wrote to a ticket, oldest of the `newest` first; never a comment's."""
    found = db.scalars(
        select(Attachment.message_id)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket_id,
            Transaction.type.in_(("Create", "Correspond")),
            Attachment.position == 0,
            Attachment.message_id != "",
        )
        .order_by(Transaction.id.desc())
        .limit(newest)
    ).all()
    return list(reversed(found))
