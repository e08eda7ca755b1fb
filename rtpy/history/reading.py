"""Reading the history of tickets in a fixed number of queries, whatever its length."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from rtpy.content.part import Part, PartRole
from rtpy.history.entry import Entry, File
from rtpy.models import Attachment, Blob, Group, GroupClosure, Ticket, Transaction, User
from rtpy.models.group import PRIVILEGED

SHOWN_ROLES = (PartRole.BODY.value, PartRole.HTML.value)
LONGEST_BODY = 2_000_000
"""Bytes of one readable part that a page shows; longer ones are offered as files."""


def merged_ids(db: Session, ticket_id: int) -> list[int]:
    """The ticket's own number and those that were merged into it."""
    return [ticket_id, *db.scalars(select(Ticket.id).where(Ticket.merged_into_id == ticket_id))]


def read_history(
    db: Session,
    ticket_ids: Collection[int],
    *,
    comments: bool,
    outgoing: bool,
    newest: int | None = None,
    before: int | None = None,
) -> list[Entry]:
    """What happened on these tickets, oldest first, in three queries.

    `comments` and `outgoing` say whether the reader may see internal comments and records of sent mail. With
    `newest` only that many last entries; with `before` only entries older than that transaction.
    """
    rows = _transactions(db, ticket_ids, _hidden(comments=comments, outgoing=outgoing), newest, before)
    attachments = _attachments(db, [row.id for row in rows])
    return [_entry(row, attachments.get(row.id, [])) for row in rows]


def count_history(db: Session, ticket_ids: Collection[int], *, comments: bool, outgoing: bool) -> int:
    """How many entries `read_history` would give in all."""
    hidden = _hidden(comments=comments, outgoing=outgoing)
    return db.scalar(select(func.count(Transaction.id)).where(*_of(ticket_ids), *hidden)) or 0


def _of(ticket_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (Transaction.object_type == "ticket", Transaction.object_id.in_(ticket_ids))


def _hidden(*, comments: bool, outgoing: bool) -> list[ColumnElement[bool]]:
    types = []
    if not comments:
        types += ["Comment", "CommentEmailRecord"]
    if not outgoing:
        types += ["EmailRecord", "CommentEmailRecord"]
    return [Transaction.type.not_in(types)] if types else []


# Rows are Any below: their type would spell out every column once more.


def _transactions(
    db: Session,
    ticket_ids: Collection[int],
    hidden: Sequence[ColumnElement[bool]],
    newest: int | None,
    before: int | None,
) -> Sequence[Any]:
    staff = (
        select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED).scalar_subquery()
    )
    query = (
        select(
            Transaction.id,
            Transaction.object_id,
            Transaction.type,
            Transaction.field,
            Transaction.old_value,
            Transaction.new_value,
            Transaction.data,
            Transaction.time_taken,
            Transaction.face,
            Transaction.created,
            Transaction.creator_id,
            User.name,
            User.real_name,
            User.email_address,
            GroupClosure.group_id.label("staff"),
        )
        .join(User, User.id == Transaction.creator_id)
        .outerjoin(GroupClosure, and_(GroupClosure.group_id == staff, GroupClosure.member_id == User.id))
        .where(*_of(ticket_ids), *hidden)
    )
    if before is not None:
        query = query.where(Transaction.id < before)
    if newest is None:
        return db.execute(query.order_by(Transaction.id)).all()
    return db.execute(query.order_by(Transaction.id.desc()).limit(newest)).all()[::-1]


def _attachments(db: Session, transaction_ids: Sequence[int]) -> dict[int, list[Any]]:
    if not transaction_ids:
        return {}
    shown = and_(
        Blob.sha256 == Attachment.blob_sha256,
        Attachment.role.in_(SHOWN_ROLES),
        Attachment.size <= LONGEST_BODY,
    )
    rows = db.execute(
        select(
            Attachment.id,
            Attachment.transaction_id,
            Attachment.role,
            Attachment.content_type,
            Attachment.charset,
            Attachment.filename,
            Attachment.content_id,
            Attachment.size,
            Attachment.remark,
            Attachment.position,
            Attachment.message_id,
            Blob.data,
        )
        .outerjoin(Blob, shown)
        .where(Attachment.transaction_id.in_(transaction_ids))
        .order_by(Attachment.transaction_id, Attachment.position)
    ).all()
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.transaction_id].append(row)
    return found


def _entry(row: Any, attachments: Sequence[Any]) -> Entry:
    parts = tuple(
        Part(item.content_type, item.data, PartRole(item.role), item.filename, item.charset)
        for item in attachments
        if item.data is not None
    )
    files = tuple(
        File(item.id, item.filename, item.content_type, item.size)
        for item in attachments
        if item.role == PartRole.FILE or (item.role in SHOWN_ROLES and item.data is None and item.size)
    )
    return Entry(
        id=row.id,
        ticket_id=row.object_id,
        type=row.type,
        field=row.field,
        old_value=row.old_value,
        new_value=row.new_value,
        data=row.data,
        minutes=row.time_taken,
        face=row.face,
        created=row.created,
        creator_id=row.creator_id,
        creator_name=row.real_name or row.name,
        creator_address=row.email_address or "",
        by_staff=row.staff is not None,
        parts=parts,
        files=files,
        inline=tuple((item.content_id, item.id) for item in attachments if item.content_id),
        remarks=tuple(item.remark for item in attachments if item.remark),
        is_mail=any(item.message_id for item in attachments),
    )
