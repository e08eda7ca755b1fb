"""Which of our own addresses a mail about a ticket comes from."""

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Queue, Ticket


def return_address(app: App, queue: Queue, *, internal: bool) -> str:
    """Where answers to a mail of this queue go; an internal one is answered with a comment."""
    mail = app.config.mail
    if internal:
        return queue.comment_address.strip() or mail.comment_address
    return queue.correspond_address.strip() or mail.correspond_address


def queue_of(db: Session, ticket: Ticket) -> Queue:
    """The ticket's queue, also after a rolled back savepoint has made the ticket forget it."""
    known = ticket.__dict__.get("queue")
    if isinstance(known, Queue) and known.id == ticket.queue_id:
        return known
    queue = db.get(Queue, ticket.queue_id)
    assert queue is not None  # a foreign key says so
    return queue
