"""Mails of strangers to a ticket, where the queue wants somebody of the staff to decide about each.

Until then they stand in the spool as `review`, with the ticket that they name; nobody was told and nothing was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from rtpy.app import App
from rtpy.changes.allowed import may, need
from rtpy.errors import NotFound, Refused
from rtpy.mail.held import ForReview
from rtpy.mail.intake_admin import put_back
from rtpy.mail.policy import Joining, Place
from rtpy.mail.senders import Sender
from rtpy.models import IncomingMail, Queue, Ticket
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.work import Work

STATE = ForReview.state
MOST = 200
"""Mails of a list."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits, and the ticket that it names."""

    id: int
    received: datetime
    sender: str
    subject: str
    ticket: Ticket


def queues_with_review(app: App, db: Session) -> frozenset[int] | None:
    """Ids of the queues where strangers' mails wait; None where they do so in all. No query as a rule."""
    if app.config.mail.reply_policy == "review":
        return None

    def read(db: Session) -> frozenset[int]:
        return frozenset(db.scalars(select(Queue.id).where(Queue.reply_policy == "review")))

    return remembered(app, db, "mail.queues_with_review", read)


def has_review(app: App, db: Session, queue_id: int) -> bool:
    """Do strangers' mails to tickets of this queue wait?"""
    queues = queues_with_review(app, db)
    return queues is None or queue_id in queues


def waiting_for(db: Session, ticket: Ticket) -> Sequence[IncomingMail]:
    """The mails that wait for one ticket, oldest first."""
    query = select(IncomingMail).where(IncomingMail.ticket_id == ticket.id, IncomingMail.state == STATE)
    return db.scalars(query.order_by(IncomingMail.id).limit(MOST)).all()


def all_waiting(work: Work) -> list[Waiting]:
    """Those that the actor may decide about, newest first."""
    query = (
        select(IncomingMail, Ticket)
        .join(Ticket, Ticket.id == IncomingMail.ticket_id)
        .options(joinedload(Ticket.queue))
        .where(IncomingMail.state == STATE)
        .order_by(IncomingMail.id.desc())
        .limit(MOST)
    )
    return [
        Waiting(mail.id, mail.received, mail.sender, mail.subject, ticket)
        for mail, ticket in work.db.execute(query)
        if may(work, ticket, Right.MODIFY_TICKET)
    ]


def add_to_ticket(work: Work, ticket: Ticket, mail_id: int) -> None:
    """The mail goes into the ticket after all, as what its sender said. Needs ModifyTicket."""
    row = _row(work, ticket, mail_id)
    row.ticket = str(ticket.id)
    put_back(work, row, released="yes", let_in="yes")


def make_own_ticket(work: Work, ticket: Ticket, mail_id: int) -> None:
    """The mail becomes a ticket of its own. Needs ModifyTicket."""
    row = _row(work, ticket, mail_id)
    row.ticket, row.ticket_id = "", None
    put_back(work, row, released="yes", new_ticket="yes")


def throw_away(work: Work, ticket: Ticket, mail_id: int) -> None:
    """Nothing becomes of the mail; an administrator can still read it. Needs ModifyTicket."""
    row = _row(work, ticket, mail_id)
    row.state, row.finished, row.ticket_id = "junk", work.now, None
    row.transport = {**row.transport, "released_by": work.actor.name}


def let_in_by_hand(sender: Sender, ticket: Ticket, transport: Mapping[str, Any]) -> Place:
    """The place of a mail that was released for a ticket; one that waited for review needs no right of its sender."""
    if "let_in" not in transport:
        return Place(ticket)
    held = sender.work.held.get(ticket.id, frozenset())
    sender.work.held[ticket.id] = held | {Right.REPLY_TO_TICKET, Right.COMMENT_ON_TICKET}
    by = transport.get("released_by", "Somebody")
    return Place(ticket, Joining.PARTICIPANT, None, (f"{by} let this mail of a stranger into the ticket",))


def _row(work: Work, ticket: Ticket, mail_id: int) -> IncomingMail:
    need(work, ticket, Right.MODIFY_TICKET)
    row = work.db.get(IncomingMail, mail_id, with_for_update=True)
    if row is None or row.ticket_id != ticket.id:
        raise NotFound(f"There is no mail {mail_id} that waits for ticket #{ticket.id}.")
    if row.state != STATE:
        raise Refused("Somebody else has decided about this mail already.")
    return row
