"""Delivery failures: filed with the ticket whose mail came back, and the recipient marked.

A failure that no mail of ours caused goes to one collecting ticket of the queue, so that a storm of them opens one
ticket and not a thousand. Nothing is answered.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import Message, plain_message
from rtpy.identity.rates import hit
from rtpy.lifecycle.lifecycle import Category
from rtpy.mail.bounces import Bounce, read_bounce
from rtpy.mail.message import IncomingMail
from rtpy.mail.message_ids import ticket_of_message_id
from rtpy.mail.own import Own
from rtpy.mail.plus_address import read_plus_addresses
from rtpy.mail.senders import find_sender
from rtpy.mail.tags import find_tags
from rtpy.models import (
    Configuration,
    GroupClosure,
    OutgoingMail,
    OutgoingRecipient,
    Queue,
    Ticket,
    User,
    Watcher,
)
from rtpy.rights.names import Right
from rtpy.work import Work

TOLD_PER_HOUR = 3
"""Failures of one ticket in an hour of which its agents are told by mail; the others are only filed."""
_SEARCHED = 200_000
_OURS = re.compile(rb"rt-[a-z0-9]{1,8}-\d{1,18}-\d{1,18}-\d{1,18}-[0-9a-f]{20}@[^\s<>@]{1,255}")


def file_failure(
    system: Work,
    queue: Queue,
    raw: bytes,
    mail: IncomingMail,
    own: Own,
    transport: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, int, str] | None:
    """File a delivery failure; ids of ticket and transaction, and a note for the administrator.

    None when it is no clear failure but a postmaster's own words, or when its subject names a ticket without a proof:
    then it is a mail like others.
    """
    bounce = read_bounce(raw, mail)
    sent = _sent_by_us(system, mail, bounce) or _came_back_to(system, mail, transport)
    if sent is None and (_is_letter(mail) or find_tags(mail.subject, own.tags)):
        return None
    ticket = None
    note = ""
    if sent is not None:
        ticket = _ticket(system, ticket_of_message_id(system.app, sent))
        if bounce is not None and bounce.is_permanent:
            _mark_recipients(system, sent, bounce)
    if ticket is None:
        ticket = _collecting_ticket(system, queue)
        note = "A delivery failure that no mail of ours caused."
    sender = find_sender(system, mail, {}, own)
    # Mail servers hold no rights: this one, for this one change.
    sender.work.held[ticket.id] = frozenset({Right.COMMENT_ON_TICKET})
    message = _with_text(replace(mail.message, auto_generated=True))
    if hit(system.db, f"mail:bounce:{ticket.id}", 3600, system.now) > TOLD_PER_HOUR:
        message = replace(message, squelch=(*message.squelch, *_staff_of(system, ticket)))
    outcome = change_ticket(sender.work, ticket, Comment(message))
    return ticket.id, outcome.transactions[0].id, note


def _is_letter(mail: IncomingMail) -> bool:
    """From postmaster, without anything that a report has: a human being who runs a mail server."""
    local = (mail.from_[0].address if mail.from_ else "").partition("@")[0].lower()
    types = {part.content_type for part in mail.message.parts}
    is_report = types & _REPORTS or "x-failed-recipients:" in mail.message.headers.lower()
    return local == "postmaster" and not is_report


_REPORTS = {
    "message/delivery-status",
    "message/rfc822",
    "text/rfc822-headers",
    "message/global-delivery-status",
}


def _sent_by_us(system: Work, mail: IncomingMail, bounce: Bounce | None) -> str | None:
    """The signed Message-ID of ours that a report speaks of: in what it says, its threading, or what it returns."""
    said: tuple[str, ...] = (bounce.message_id,) if bounce else ()
    returned = (
        found[0].decode("ascii", "replace")
        for part in reversed(mail.message.parts)
        for found in _OURS.finditer(part.data[:_SEARCHED])
    )
    for message_id in (*said, *mail.in_reply_to, *reversed(mail.references), *returned):
        if ticket_of_message_id(system.app, message_id) is not None:
            return message_id
    return None


def _came_back_to(system: Work, mail: IncomingMail, transport: Mapping[str, str]) -> str | None:
    """The Message-ID of the mail whose own envelope sender this report was sent to."""
    mails = read_plus_addresses(system.app, mail, transport).mails[:1]
    return (
        system.db.scalar(select(OutgoingMail.message_id).where(OutgoingMail.id.in_(mails))) if mails else None
    )


def _ticket(system: Work, ticket_id: int | None) -> Ticket | None:
    query = select(Ticket).options(joinedload(Ticket.queue))
    ticket = system.db.scalar(query.where(Ticket.id == ticket_id))
    if ticket is not None and ticket.merged_into_id is not None:
        ticket = system.db.scalar(query.where(Ticket.id == ticket.merged_into_id))
    return None if ticket is None or ticket.status == "deleted" else ticket


def _collecting_ticket(system: Work, queue: Queue) -> Ticket:
    """The queue's ticket for failures that belong nowhere, while it is not resolved; else a new one."""
    name = f"mail:bounces:{queue.id}"
    kept = system.db.get(Configuration, name)
    ticket = _ticket(system, kept.value) if kept is not None and isinstance(kept.value, int) else None
    if ticket is not None:
        lifecycle = system.app.lifecycles.get(ticket.queue.lifecycle)
        if lifecycle.category(ticket.status) is not Category.INACTIVE:
            return ticket
    message = replace(plain_message(_EXPLAINED), auto_generated=True)
    ticket = create_ticket(system, CreateTicket(queue, _COLLECTED, message)).ticket
    if kept is None:
        system.db.add(Configuration(name=name, value=ticket.id, updated=system.now))
    else:
        kept.value, kept.updated = ticket.id, system.now
    system.db.flush()  # two at once: the second one fails here and finds the first one's ticket
    return ticket


_COLLECTED = "Delivery failures that belong to no ticket"
_EXPLAINED = (
    "Mail servers reported that mails could not be delivered which this server did not send, or no longer knows."
    " All of them are collected here. Resolve this ticket once they are looked at: the next one opens a new ticket."
)


def _with_text(message: Message) -> Message:
    if any(part.data.strip() for part in message.parts):
        return message
    return replace(message, parts=(*plain_message("(This report has no text.)").parts, *message.parts))


def _staff_of(system: Work, ticket: Ticket) -> list[str]:
    """Addresses of the owner and of all AdminCcs of the ticket and its queue, members of groups among them."""
    watching = (
        select(Watcher.principal_id)
        .where(or_(Watcher.ticket_id == ticket.id, Watcher.queue_id == ticket.queue_id))
        .scalar_subquery()
    )
    members = select(GroupClosure.member_id).where(GroupClosure.group_id.in_(watching))
    people = or_(User.id == ticket.owner_id, User.id.in_(watching), User.id.in_(members))
    return list(system.db.scalars(select(User.email_address).where(people, User.email_address.is_not(None))))


def _mark_recipients(system: Work, message_id: str, bounce: Bounce) -> None:
    """The recipients that failed for good, among those that the mail really had; the only one, if none is named."""
    sent = system.db.scalar(select(OutgoingMail.id).where(OutgoingMail.message_id == message_id.strip("<>")))
    if sent is None:
        return
    rows = system.db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == sent)).all()
    failed = {address.lower() for address in bounce.recipients}
    if not failed and len(rows) == 1:
        failed = {rows[0].address.lower()}
    came_back = [row for row in rows if row.address.lower() in failed and row.state != "failed"]
    for row in came_back:
        row.state, row.last_answer = "failed", f"came back: {bounce.status}"
    if came_back:
        addresses = [row.address.lower() for row in came_back]
        marked = update(User).where(func.lower(User.email_address).in_(addresses))
        system.db.execute(marked.values(undeliverable=User.undeliverable + 1))
