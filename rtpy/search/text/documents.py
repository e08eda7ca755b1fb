"""What is looked through of tickets, messages, files, articles and assets: read as plain texts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.content.fold import fold
from rtpy.content.part import Part, PartRole
from rtpy.content.plain import html_to_text, message_text
from rtpy.history.public import PUBLIC_TYPES
from rtpy.models import Article, Asset, Attachment, Ticket, Transaction
from rtpy.search.text.numbering import Kind, Seal, Space
from rtpy.search.text.reading.files import is_readable

LONGEST = 200_000
"""Letters of one text that are taken in."""
LARGEST_BODY = 2_000_000
"""Bytes of a message's body that are read."""
MOST_FILES = 100
"""Files of one message that are taken in."""
RECORDS = ("EmailRecord", "CommentEmailRecord")
"""Mails that were sent repeat what is in the ticket; as in RT they are not taken in."""

FileReader = Callable[[bytes, str, str, str], str]
"""Bytes, file name, content type and charset to text; never raises."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text, and what it is of. `ticket_id` of a message is the ticket on which it was written."""

    space: Space
    object_id: int
    seal: Seal
    kind: Kind
    text: str
    transaction_id: int | None = None
    attachment_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    transaction: Any
    parts: list[Any]


def documents_of_tickets(db: Session, ids: Collection[int]) -> Iterator[Document]:
    """Subjects, and descriptions, which are internal."""
    for row in db.execute(select(Ticket.id, Ticket.subject, Ticket.description).where(Ticket.id.in_(ids))):
        yield Document(Space.TICKET, row.id, Seal.PUBLIC, Kind.SUBJECT, clean(row.subject))
        yield Document(Space.TICKET, row.id, Seal.INTERNAL, Kind.SUBJECT, clean(row.description))


def documents_of_articles(db: Session, ids: Collection[int]) -> Iterator[Document]:
    """Name, summary and text of each as one."""
    columns = (Article.id, Article.name, Article.summary, Article.content, Article.format)
    for row in db.execute(select(*columns).where(Article.id.in_(ids))):
        content = html_to_text(row.content) if row.format == "html" else row.content
        said = clean(f"{row.name}\n{row.summary}\n\n{content}")
        yield Document(Space.ARTICLE, row.id, Seal.PUBLIC, Kind.SUBJECT, said)


def documents_of_assets(db: Session, ids: Collection[int]) -> Iterator[Document]:
    """Name and description of each as one."""
    for row in db.execute(select(Asset.id, Asset.name, Asset.description).where(Asset.id.in_(ids))):
        said = clean(f"{row.name}\n{row.description}")
        yield Document(Space.ASSET, row.id, Seal.PUBLIC, Kind.SUBJECT, said)


def documents_of_transactions(
    app: App, db: Session, ids: Collection[int], read_file: FileReader
) -> Iterator[tuple[int, list[Document]]]:
    """What was said on tickets and the files that came with it, by transaction, the newest first.

    Transactions without any are left out. Three queries, and one for each file.
    """
    messages = _messages(db, ids)
    bodies = [each for message in messages for each in message.parts if _is_body(each)]
    stored = _stored(app, db, bodies)
    for message in messages:
        said = [*_spoken(message, stored), *_files(app, db, message, read_file)]
        yield message.transaction.id, said


def clean(text: str) -> str:
    """As it can be stored everywhere, cut at LONGEST."""
    return text[:LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").strip()


def _messages(db: Session, ids: Collection[int]) -> list[_Message]:
    transactions = db.execute(
        select(Transaction.id, Transaction.type, Transaction.object_id)
        .where(Transaction.id.in_(ids), Transaction.object_type == "ticket", Transaction.type.not_in(RECORDS))
        .order_by(Transaction.id.desc())
    ).all()
    parts: dict[int, list[Any]] = defaultdict(list)
    rows = db.execute(
        select(
            Attachment.id,
            Attachment.transaction_id,
            Attachment.role,
            Attachment.filename,
            Attachment.content_type,
            Attachment.charset,
            Attachment.size,
            Attachment.blob_sha256,
        )
        .where(Attachment.transaction_id.in_([row.id for row in transactions]))
        .order_by(Attachment.transaction_id, Attachment.position)
    )
    for row in rows:
        parts[row.transaction_id].append(row)
    return [_Message(row, parts[row.id]) for row in transactions if parts[row.id]]


def _is_body(part: Any) -> bool:
    return part.role in (PartRole.BODY, PartRole.HTML) and 0 < part.size <= LARGEST_BODY


def _stored(app: App, db: Session, parts: Sequence[Any]) -> Mapping[str, bytes]:
    """Their bytes; damaged ones are left out."""
    hashes = [part.blob_sha256 for part in parts]
    try:
        return app.blobs.get_many(db, hashes)
    except OSError:
        found: dict[str, bytes] = {}
        for sha256 in hashes:
            try:
                found |= app.blobs.get_many(db, [sha256])
            except OSError:
                continue
        return found


def _seal(type_: str) -> Seal:
    if type_ in PUBLIC_TYPES:
        return Seal.PUBLIC
    return Seal.COMMENT if type_ == "Comment" else Seal.INTERNAL


def _spoken(message: _Message, stored: Mapping[str, bytes]) -> Iterator[Document]:
    """The text without quotations, which are in the ticket already; of the first message all of it."""
    row = message.transaction
    parts = [
        Part(part.content_type, stored[part.blob_sha256], PartRole(part.role), charset=part.charset)
        for part in message.parts
        if _is_body(part) and part.blob_sha256 in stored
    ]
    said = message_text(parts)[: LONGEST * 2]
    if row.type != "Create" and said:
        folded = fold(said)
        said = folded.visible + folded.signature
    said = clean(said)
    if said:
        yield Document(Space.TICKET, row.object_id, _seal(row.type), Kind.MESSAGE, said, row.id)


def _files(app: App, db: Session, message: _Message, read_file: FileReader) -> Iterator[Document]:
    row = message.transaction
    files = [part for part in message.parts if part.role == PartRole.FILE]
    for part in files[:MOST_FILES]:
        text = ""
        settings = app.config.search
        wanted = settings.files and 0 < part.size <= settings.largest_file
        if wanted and is_readable(part.filename, part.content_type):
            data = _stored(app, db, [part]).get(part.blob_sha256)
            if data is not None:
                text = read_file(data, part.filename, part.content_type, part.charset)
        said = clean(f"{part.filename}\n{text}")
        if said:
            yield Document(Space.TICKET, row.object_id, _seal(row.type), Kind.FILE, said, row.id, part.id)
