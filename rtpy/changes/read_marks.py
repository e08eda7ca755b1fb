"""Read marks: how far somebody has read a ticket; what others wrote after that is unread."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need
from rtpy.models import ReadMark, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


def note_seen(work: Work, ticket: Ticket, transaction_id: int | None = None) -> None:
    """The actor has read the ticket up to this transaction, None: up to its newest. Needs ShowTicket.

    A mark never goes back. A number that is beyond the ticket's newest transaction counts as that one.
    """
    need(work, ticket, Right.SHOW_TICKET)
    db, user_id = work.db, work.actor.user_id
    ticket_id = ticket.merged_into_id or ticket.id
    newest = _newest(db, ticket_id)
    seen = newest if transaction_id is None else min(transaction_id, newest)
    mark = db.get(ReadMark, (user_id, ticket_id))
    if mark is None:
        db.add(ReadMark(user_id=user_id, ticket_id=ticket_id, transaction_id=seen, seen=work.now))
    elif seen > mark.transaction_id:
        mark.transaction_id, mark.seen = seen, work.now
    db.flush()


def move_read_marks(db: Session, from_id: int, to_id: int) -> None:
    """After a merge no more is read than was read of both tickets. Three queries, and one for each reader of both.

    Who had read all of one is bound by their mark on the other alone; who had no mark on one of them has none.
    """
    newest = {
        row[0]: row[1]
        for row in db.execute(
            select(Transaction.object_id, func.max(Transaction.id))
            .where(Transaction.object_type == "ticket", Transaction.object_id.in_((from_id, to_id)))
            .group_by(Transaction.object_id)
        )
    }
    marks = {
        (row.user_id, row.ticket_id): row
        for row in db.scalars(select(ReadMark).where(ReadMark.ticket_id.in_((from_id, to_id))))
    }
    for (user_id, ticket_id), mark in marks.items():
        other = marks.get((user_id, from_id))
        if ticket_id == to_id and other is not None:
            both = {mark.transaction_id: to_id, other.transaction_id: from_id}
            unread = [seen for seen, of in both.items() if seen < newest.get(of, 0)]
            mark.transaction_id = min(unread) if unread else max(both)
        else:
            db.delete(mark)
    db.flush()


def _newest(db: Session, ticket_id: int) -> int:
    merged = select(Ticket.id).where(Ticket.merged_into_id == ticket_id)
    return (
        db.scalar(
            select(func.max(Transaction.id)).where(
                Transaction.object_type == "ticket",
                or_(Transaction.object_id == ticket_id, Transaction.object_id.in_(merged)),
            )
        )
        or 0
    )
