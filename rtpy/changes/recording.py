"""Recording: transaction rows with what was said, its bytes stored once."""

from collections.abc import Sequence

from sqlalchemy import insert

from rtpy.changes.change import Record
from rtpy.changes.customfields.creating import store_first
from rtpy.changes.guard import changing, need_changing
from rtpy.changes.storing import store
from rtpy.content.part import Message, Part, PartRole
from rtpy.history.words import is_words
from rtpy.models import Attachment, Ticket, Transaction
from rtpy.work import Work

SUBJECT_LENGTH = 200


def record(work: Work, object_type: str, object_id: int, entry: Record) -> Transaction:
    """Store `entry` as a transaction of one object, by the actor of `work` and now; it has its id afterwards."""
    transaction = entry.transaction
    transaction.object_type = object_type
    transaction.object_id = object_id
    actor = work.as_system().actor if entry.by_system else work.actor
    transaction.creator_id = actor.user_id
    transaction.created = work.now
    transaction.face = actor.face.value
    if transaction.time_taken and transaction.time_worker_id is None:
        transaction.time_worker_id = actor.user_id
    if transaction.time_taken and transaction.time_worked_date is None:
        transaction.time_worked_date = work.now.date()
    store(work.db, transaction)
    if entry.fields:
        store_first(work, entry.fields, transaction.id)
    if entry.message:
        need_changing(work.db, Attachment)
        rows = _attachments(work, transaction.id, entry.message)
        work.db.connection().execute(_ATTACHMENTS, rows)
    return transaction


def record_on(work: Work, object_type: str, object_id: int, entry: Record) -> Transaction:
    """Record on an organisation, a person, or a thing of a plugin: `record_on(work, "billing_invoice", 7, entry)`.

    Tickets, assets and articles are recorded on by their own changes only: ValueError.
    """
    if object_type in ("ticket", "asset", "article"):
        raise ValueError(f"A change of the {object_type} records what happened to it.")
    with changing(work.db):
        return record(work, object_type, object_id, entry)


def record_on_ticket(work: Work, ticket: Ticket, entry: Record) -> Transaction:
    """Record on a ticket: bumps its last update, and its time worked by the minutes taken."""
    transaction = entry.transaction
    if transaction.time_taken and not (transaction.type == "Set" and transaction.field == "TimeWorked"):
        ticket.time_worked += transaction.time_taken
    if (ticket.last_updated, ticket.last_updated_by_id) != (work.now, work.actor.user_id):
        ticket.last_updated = work.now
        ticket.last_updated_by_id = work.actor.user_id
    return record(work, "ticket", ticket.id, entry)


def _listed(addresses: Sequence[str]) -> str:
    """Addresses between commas, without signs that no address has and that no database or header takes."""
    return ", ".join("".join(sign for sign in address if sign.isprintable()) for address in addresses)


_ATTACHMENTS = insert(Attachment.__table__)  # type: ignore[arg-type]


def _attachments(work: Work, transaction_id: int, message: Message) -> list[dict[str, object]]:
    parts = message.parts or (Part("text/plain", b"", PartRole.BODY, charset="utf-8"),)
    words = [
        place
        for place, part in enumerate(parts)
        if is_words(part.role.value, part.content_type, len(part.data))
    ]
    hashes = work.app.blobs.put(work.db, *(part.data for part in parts), words=words)
    rows: list[dict[str, object]] = []
    for position, (part, sha256) in enumerate(zip(parts, hashes, strict=True)):
        first = position == 0
        rows.append(
            {
                "transaction_id": transaction_id,
                "position": position,
                "role": part.role.value,
                "blob_sha256": sha256,
                "size": len(part.data),
                "content_type": part.content_type[:255],
                "charset": part.charset[:40],
                "filename": part.filename,
                "content_id": part.content_id[:255],
                "headers": message.headers if first else part.headers,
                "subject": message.subject if first else "",
                "message_id": message.message_id[:255] if first else "",
                "remark": part.remark,
                "send_cc": _listed(message.one_time_cc) if first else "",
                "send_bcc": _listed(message.one_time_bcc) if first else "",
            }
        )
    return rows
