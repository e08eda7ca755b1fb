"""A mail that was read becomes a change: who wrote it, into which ticket it goes, and as what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.links import AddLink
from rtpy.content.part import Message, Part, PartRole
from rtpy.identity.rates import hit_all
from rtpy.mail.failures import file_failure
from rtpy.mail.finding import find_named
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.own import Own, what_is_own
from rtpy.mail.policy import HOUR, Joining, Place, check_pressure, choose_ccs, choose_place, refuse_loop
from rtpy.mail.senders import Sender, find_sender
from rtpy.mail.spool import Claim
from rtpy.mail.tags import strip_tags
from rtpy.models import Attachment, Queue, Transaction
from rtpy.models import IncomingMail as SpooledMail
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a mail went; `note` is worth telling an administrator."""

    ticket_id: int
    transaction_id: int | None
    note: str = ""


def file_mail(system: Work, queue: Queue, claim: Claim, raw: bytes, mail: IncomingMail) -> Filed:
    """Make of a mail what it is: a new ticket, a reply, a comment, a bounce of something we sent.

    Everything happens in the transaction of `system`, which the caller commits. Raises Refused by policy, Held when
    there is too much at once.
    """
    own = what_is_own(system.app, system.db)
    if not claim.released:
        refuse_loop(system, mail, own)
    if mail.auto is AutoKind.BOUNCE and not claim.wants_new_ticket:
        bounced = file_failure(system, queue, raw, mail, own)
        if bounced is not None:
            return Filed(*bounced)
    sender = find_sender(system, mail, claim.transport, own)
    place = Place()
    if not claim.wants_new_ticket:
        named = find_named(sender.work, mail, claim.ticket, own.tags)
        if claim.released and named.candidates and claim.ticket:
            place = Place(named.candidates[0].ticket)
        else:
            place = choose_place(sender, named, is_open=system.app.config.mail.reply_policy)
    remarks = (*mail.remarks, *sender.remarks, *place.remarks, *_reused_id(system, mail, claim))
    if place.ticket is not None:
        return _join(sender, place, claim, with_remarks(mail.message, remarks))
    return _open(system, sender, place, queue, claim, mail, own, remarks)


def with_remarks(message: Message, remarks: Iterable[str]) -> Message:
    """The message with something to show, and with what a technician should know about it on its first part."""
    parts = message.parts
    notes = list(remarks)
    if not any(part.data.strip() for part in parts):
        notes.append("The mail has no text")
        empty = Part("text/plain", b"(This mail has no text.)", PartRole.BODY, charset="utf-8")
        parts = (empty, *parts)
    told = ". ".join(dict.fromkeys(note.rstrip(".") for note in (parts[0].remark, *notes) if note))
    return replace(message, parts=(replace(parts[0], remark=told), *parts[1:]))


def _join(sender: Sender, place: Place, claim: Claim, message: Message) -> Filed:
    ticket, work = place.ticket, sender.work
    assert ticket is not None
    if place.joining is Joining.NOTE:
        # The queue lets anyone add: this one right, for this one change.
        work.held[ticket.id] = frozenset({Right.COMMENT_ON_TICKET})
        change: Comment | Correspond = Comment(message)
    else:
        change = Comment(message) if claim.action == "comment" else Correspond(message)
    outcome = change_ticket(work, ticket, change)
    return Filed(ticket.id, outcome.transactions[0].id)


def _open(
    system: Work,
    sender: Sender,
    place: Place,
    queue: Queue,
    claim: Claim,
    mail: IncomingMail,
    own: Own,
    remarks: tuple[str, ...],
) -> Filed:
    subject = strip_tags(mail.subject, own.tags) if place.claimed is not None else mail.subject
    pressure = check_pressure(system, sender, queue, subject, released=claim.released)
    ccs, cc_remarks = choose_ccs(system, queue, mail, own, sender.user)
    message = with_remarks(mail.message, (*remarks, *cc_remarks))
    if pressure.is_loop:
        message = _silent(message, sender.address)
    create = CreateTicket(
        queue=queue, subject=subject, message=message, requestors=(sender.user,), cc=tuple(ccs)
    )
    outcome = create_ticket(sender.work, create)
    if place.claimed is not None:
        change_ticket(system, outcome.ticket, AddLink("RefersTo", str(place.claimed.id)))
    # Last, since on PostgreSQL the counters stay locked until the commit.
    hit_all(system.db, pressure.keys, HOUR, system.now)
    return Filed(outcome.ticket.id, outcome.transactions[0].id)


def _silent(message: Message, address: str) -> Message:
    """Nobody answers it automatically any more: the same sender with the same subject again and again is a loop."""
    noted = with_remarks(message, ("The same again and again: it gets no automatic answer",))
    return replace(noted, auto_generated=True, squelch=(*noted.squelch, *([address] if address else [])))


def _reused_id(system: Work, mail: IncomingMail, claim: Claim) -> tuple[str, ...]:
    """A remark when another mail with other content came under the same Message-ID."""
    if not mail.message_id:
        return ()
    wanted = {"cut": mail.message_id[:255], "message_id": mail.message_id, "this": claim.mail_id}
    keys = system.db.connection().scalars(_SAME_ID, wanted)
    if any(key and not key.endswith(mail.dedup_key) for key in keys):
        return ("Another mail with other content came under the same Message-ID",)
    return ()


_spooled, _transaction, _attachment = SpooledMail.__table__, Transaction.__table__, Attachment.__table__
_SAME_ID = (
    select(_spooled.c.dedup_key)
    .join(_transaction, _transaction.c.object_id == _spooled.c.ticket_id)
    .join(_attachment, _attachment.c.transaction_id == _transaction.c.id)
    .where(
        _attachment.c.message_id == bindparam("cut"),
        _transaction.c.object_type == "ticket",
        _spooled.c.message_id == bindparam("message_id"),
        _spooled.c.id != bindparam("this"),
    )
    .limit(5)
)
