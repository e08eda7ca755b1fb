"""What was forwarded: the text and the files of one message, or of all public ones of a ticket.

Comments are never forwarded: what the staff says among itself stays there.
"""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.history.public import public_transactions
from rtpy.mail.occasion import Occasion
from rtpy.models import Attachment, Ticket, Transaction

FILES_LIMIT = 20 * 1024 * 1024
"""Bytes of files that go along with a forward; what is beyond is left out."""
MESSAGES = ("Create", "Correspond")
LONGEST_TEXT = 200_000


def forwarded(occasion: Occasion) -> Sequence[Transaction]:
    """The messages that this occasion forwards, oldest first."""
    return occasion.once("forwarded", lambda: _forwarded(occasion))


def forwarded_text(occasion: Occasion) -> str:
    """Who wrote when, and what, message by message. Two queries."""
    rows = forwarded(occasion)
    if not rows:
        return ""
    db, blobs = occasion.work.db, occasion.work.app.blobs
    parts = db.scalars(
        select(Attachment)
        .where(
            Attachment.transaction_id.in_([row.id for row in rows]),
            Attachment.role.in_((PartRole.BODY.value, PartRole.HTML.value)),
        )
        .order_by(Attachment.position)
    ).all()
    stored = blobs.get_many(db, [part.blob_sha256 for part in parts])
    texts = []
    for row in rows:
        mine = [part for part in parts if part.transaction_id == row.id and part.blob_sha256 in stored]
        said = message_text(
            Part(part.content_type, stored[part.blob_sha256], PartRole(part.role), charset=part.charset)
            for part in mine
        )
        at = row.created.strftime("%Y-%m-%d %H:%M UTC")
        texts.append(f"{row.creator.display_name} wrote on {at}:\n\n{said.strip()}")
    return "\n\n-----\n\n".join(texts).replace("\x00", "")[:LONGEST_TEXT]


def files_to_forward(occasion: Occasion) -> list[int]:
    """Ids of the files that came with what is forwarded, as far as they fit into a mail. One query."""
    numbers = [row.id for row in forwarded(occasion)]
    if not numbers:
        return []
    rows = occasion.work.db.execute(
        select(Attachment.id, Attachment.size)
        .where(
            Attachment.transaction_id.in_(numbers),
            Attachment.role.in_((PartRole.FILE.value, PartRole.INLINE.value)),
        )
        .order_by(Attachment.transaction_id, Attachment.position)
    )
    found, room = [], FILES_LIMIT
    for number, size in rows:
        if size <= room:
            found.append(number)
            room -= size
    return found


def _forwarded(occasion: Occasion) -> Sequence[Transaction]:
    transaction, ticket, db = occasion.transaction, occasion.ticket, occasion.work.db
    if not transaction.type.startswith("Forward"):
        return ()
    merged = db.scalars(select(Ticket.id).where(Ticket.merged_into_id == ticket.id)).all()
    rows = [row for row in public_transactions(db, [ticket.id, *merged]) if row.type in MESSAGES]
    if transaction.type == "Forward Transaction":
        rows = [row for row in rows if str(row.id) == transaction.field]
    return rows
