"""Bookmarks: one's own marks on tickets, which nobody else sees and no history tells of."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need
from rtpy.errors import Refused
from rtpy.models import Bookmark, Ticket
from rtpy.rights.names import Right
from rtpy.work import Work

MOST = 2000
"""Bookmarks of one person: a list of marks that is longer than any work list is not one."""


def bookmark(work: Work, ticket: Ticket) -> None:
    """Mark the ticket for the actor; nothing when it is marked already. Needs ShowTicket.

    A ticket that was merged into another one marks that one. Raises Refused without the right, and beyond MOST.
    """
    need(work, ticket, Right.SHOW_TICKET)
    mine = set(work.db.scalars(select(Bookmark.ticket_id).where(Bookmark.user_id == work.actor.user_id)))
    ticket_id = ticket.merged_into_id or ticket.id
    if ticket_id in mine:
        return
    if len(mine) >= MOST:
        raise Refused(f"You have {MOST:,} bookmarks. Take some away before you set another one.")
    work.db.add(Bookmark(user_id=work.actor.user_id, ticket_id=ticket_id, created=work.now))
    work.db.flush()


def unbookmark(work: Work, ticket: Ticket) -> None:
    """Take the actor's mark away; nothing when there is none. Needs no right: the mark is one's own."""
    ids = {ticket.id, ticket.merged_into_id or ticket.id}
    work.db.execute(
        delete(Bookmark).where(Bookmark.user_id == work.actor.user_id, Bookmark.ticket_id.in_(ids))
    )


def move_bookmarks(db: Session, from_id: int, to_id: int) -> None:
    """Let marks on a ticket stand on the one that it was merged into."""
    there = select(Bookmark.user_id).where(Bookmark.ticket_id == to_id)
    connection = db.connection()
    connection.execute(
        update(Bookmark)
        .where(Bookmark.ticket_id == from_id, Bookmark.user_id.not_in(there))
        .values(ticket_id=to_id)
    )
    connection.execute(delete(Bookmark).where(Bookmark.ticket_id == from_id))
