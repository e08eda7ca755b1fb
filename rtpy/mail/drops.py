"""The values that templates see: plain dictionaries of texts and numbers, never a row of the database.

Everything comes from the transaction at hand and from the ticket's own fields; the one exception is `last_reply`,
which `rtpy.history.public` selects. So a template cannot tell a customer what was said in a comment.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from rtpy.changes.people import system_groups
from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.history.brought import happened_in, sentence_about
from rtpy.history.public import public_transactions
from rtpy.mail.fields import fields_for_templates
from rtpy.mail.forwarding import forwarded_text
from rtpy.mail.occasion import Occasion
from rtpy.mail.tags import subject_tag
from rtpy.models import Attachment, GroupClosure, Ticket, Transaction, User
from rtpy.models.group import PRIVILEGED
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR

LONGEST_TEXT = 100_000
"""Characters of a message that go into a mail."""
CUT = "\n\n[The rest is too long for a mail.]"


def values_for(occasion: Occasion, names: frozenset[str]) -> dict[str, Any]:
    """Those values that a template with these `names` in it may ask for."""
    return {
        name: occasion.once(f"drop:{name}", lambda make=make: make(occasion))  # type: ignore[misc]
        for name, make in _DROPS.items()
        if name in names
    }


def tag_of(occasion: Occasion) -> str:
    """The subject tag of the ticket: the queue's own, else the site's name."""
    return subject_tag(occasion.queue.subject_tag or occasion.work.app.config.rtname, occasion.ticket.id)


def describe(transaction: Transaction, names: Mapping[str, str] | None = None) -> str:
    """What a transaction did, in a short sentence without a subject; `names` translate values such as user ids."""
    old, new = transaction.old_value, transaction.new_value
    names = names or {}
    fixed = {"Create": "Created", "Correspond": "Replied", "Comment": "Commented"}
    if transaction.type in fixed:
        return fixed[transaction.type]
    if transaction.type == "Status":
        return f"Status changed from {old} to {new}"
    if transaction.type == "Set":
        shown = names.get(new, new)
        return f"{transaction.field} changed to {shown}" if new else f"{transaction.field} removed"
    if transaction.type in ("AddWatcher", "DelWatcher"):
        return f"{transaction.field} {'added' if transaction.type == 'AddWatcher' else 'removed'}"
    if transaction.type.startswith("Forward"):
        return f"Forwarded to {transaction.data}"
    return transaction.type


def _ticket(occasion: Occasion) -> dict[str, Any]:
    ticket, people, app = occasion.ticket, occasion.people, occasion.work.app
    queue = occasion.queue
    lifecycle = app.lifecycles.get(queue.lifecycle)
    return {
        "id": ticket.id,
        "tag": tag_of(occasion),
        "subject": ticket.subject or "(no subject)",
        "status": lifecycle.shown(ticket.status),
        "queue": queue.name,
        "queue_description": queue.description,
        "owner": people.owner.name if people.owner else "Nobody",
        "priority": ticket.priority,
        "created": _date(ticket.created),
        "due": _date(ticket.due),
        "url": app.config.url(f"/ticket/{ticket.id}"),
        "requestors": [person.address or person.name for person in people.playing(REQUESTOR)],
    }


def _transaction(occasion: Occasion) -> dict[str, Any]:
    transaction = occasion.transaction
    return {
        "id": transaction.id,
        "type": transaction.type,
        "field": transaction.field,
        "old_value": transaction.old_value,
        "new_value": transaction.new_value,
        "description": _description(occasion),
        "minutes": transaction.time_taken,
        "created": _date(transaction.created),
    }


def _description(occasion: Occasion) -> str:
    transaction = occasion.transaction
    if transaction.type == "Set" and transaction.field == "Owner":
        owner = occasion.people.owner
        return describe(transaction, {transaction.new_value: owner.name if owner else "Nobody"})
    sentences = occasion.work.app.named("rtpy_transaction_texts")
    return sentence_about(sentences, happened_in(transaction)) or describe(transaction)


def _message(occasion: Occasion) -> dict[str, Any]:
    message = occasion.message
    return {
        "text": _short(occasion.said),
        "subject": message.subject if message else "",
        "files": [part.filename or "(no name)" for part in message.parts if part.role is PartRole.FILE]
        if message
        else [],
    }


def _actor(occasion: Occasion) -> dict[str, Any]:
    people = occasion.people
    return {"name": occasion.work.app.config.rtname if people.by_system else people.actor.name}


def _last_reply(occasion: Occasion) -> dict[str, Any]:
    """The last reply by the staff; empty when there was none, or when it was sent together with this mail."""
    db, ticket = occasion.work.db, occasion.ticket
    merged = db.scalars(select(Ticket.id).where(Ticket.merged_into_id == ticket.id)).all()
    replies = [row for row in public_transactions(db, [ticket.id, *merged]) if row.type == "Correspond"]
    staff_group = system_groups(occasion.work, (PRIVILEGED,))[0]
    staff = set(
        db.scalars(
            select(GroupClosure.member_id).where(
                GroupClosure.group_id == staff_group,
                GroupClosure.member_id.in_({reply.creator_id for reply in replies}),
            )
        )
    )
    for reply in reversed(replies):
        if reply.creator_id in staff:
            if reply.created == occasion.transaction.created:
                return {}
            return {"text": _short(stored_text(occasion, reply.id)), "name": reply.creator.display_name}
    return {}


def stored_text(occasion: Occasion, transaction_id: int) -> str:
    """What was said in an earlier transaction. Two queries."""
    rows = occasion.work.db.scalars(
        select(Attachment)
        .where(
            Attachment.transaction_id == transaction_id,
            Attachment.role.in_((PartRole.BODY.value, PartRole.HTML.value)),
        )
        .order_by(Attachment.position)
    ).all()
    stored = occasion.work.app.blobs.get_many(occasion.work.db, [row.blob_sha256 for row in rows])
    return message_text(
        Part(row.content_type, stored[row.blob_sha256], PartRole(row.role), charset=row.charset)
        for row in rows
        if row.blob_sha256 in stored
    )


def _simple(occasion: Occasion) -> dict[str, Any]:
    """RT's simple variables."""
    ticket, transaction, people = occasion.ticket, occasion.transaction, occasion.people
    owner = people.owner
    owner_row = None if owner is None else occasion.work.db.get(User, owner.id)

    def addresses(role: str) -> str:
        return ", ".join(person.address for person in people.playing(role) if person.address)

    message = occasion.message
    return {
        "rtname": occasion.work.app.config.rtname,
        "TicketId": ticket.id,
        "TicketSubject": ticket.subject,
        "TicketDescription": ticket.description,
        "TicketType": ticket.type,
        "TicketInitialPriority": ticket.initial_priority,
        "TicketFinalPriority": ticket.final_priority,
        "TicketPriority": ticket.priority,
        "TicketTimeEstimated": ticket.time_estimated,
        "TicketTimeWorked": ticket.time_worked,
        "TicketTimeLeft": ticket.time_left,
        "TicketStatus": ticket.status,
        "TicketTold": _date(ticket.told),
        "TicketStarts": _date(ticket.starts),
        "TicketStarted": _date(ticket.started),
        "TicketDue": _date(ticket.due),
        "TicketResolved": _date(ticket.resolved),
        "TicketRequestorAddresses": addresses(REQUESTOR),
        "TicketAdminCcAddresses": addresses(ADMIN_CC),
        "TicketCcAddresses": addresses(CC),
        "TicketQueueId": ticket.queue_id,
        "TicketQueueName": occasion.queue.name,
        "TicketOwnerId": ticket.owner_id,
        "TicketOwnerName": owner_row.name if owner_row else "Nobody",
        "TicketOwnerEmailAddress": owner.address if owner else "",
        "TransactionId": transaction.id,
        "TransactionTimeTaken": transaction.time_taken,
        "TransactionType": transaction.type,
        "TransactionField": transaction.field,
        "TransactionOldValue": transaction.old_value,
        "TransactionNewValue": transaction.new_value,
        "TransactionData": transaction.data,
        "TransactionContent": _short(occasion.said),
        "TransactionSubject": message.subject if message else "",
        "TransactionDescription": f"{people.actor.name}: {_description(occasion)}",
        "TransactionBriefDescription": _description(occasion),
    }


_DROPS: dict[str, Callable[[Occasion], Any]] = {
    "ticket": _ticket,
    "transaction": _transaction,
    "message": _message,
    "actor": _actor,
    "last_reply": _last_reply,
    "forward": lambda occasion: {"text": forwarded_text(occasion)},
    "fields": fields_for_templates,
    "rtname": lambda occasion: occasion.work.app.config.rtname,
    "organization": lambda occasion: occasion.work.app.config.organization,
    "web_url": lambda occasion: occasion.work.app.config.url("/"),
    "rt": _simple,
}


def _short(text: str) -> str:
    text = text.replace("\x00", "").strip("\n")
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT


def _date(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else ""
