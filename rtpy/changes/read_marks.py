"""Read marks: how far somebody has read a ticket; what others wrote after that is unread."""

from sqlalchemy import delete, func, or_, select, update
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
    """After a merge only what was seen of both tickets is seen: the earlier of the two marks, or none."""
    marks, other = ReadMark.__table__, ReadMark.__table__.alias("other")
    seen_there = (
        select(other.c.transaction_id)
        .where(other.c.ticket_id == from_id, other.c.user_id == marks.c.user_id)
        .correlate(marks)
        .scalar_subquery()
    )
    readers = select(other.c.user_id).where(other.c.ticket_id == from_id)
    connection = db.connection()
    connection.execute(delete(marks).where(marks.c.ticket_id == to_id, marks.c.user_id.not_in(readers)))  # type: ignore[arg-type]
    connection.execute(
        update(marks)  # type: ignore[arg-type]
        .where(marks.c.ticket_id == to_id, marks.c.transaction_id > seen_there)
        .values(transaction_id=seen_there)
    )
    connection.execute(delete(marks).where(marks.c.ticket_id == from_id))  # type: ignore[arg-type]


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
