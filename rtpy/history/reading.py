"""Reading the history of tickets in a fixed number of queries, whatever its length."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from rtpy.content.part import Part, PartRole
from rtpy.history.entry import Entry, File
from rtpy.models import Attachment, Blob, Group, GroupClosure, Ticket, Transaction, User
from rtpy.models.group import PRIVILEGED

SHOWN_ROLES = (PartRole.BODY.value, PartRole.HTML.value)
LONGEST_BODY = 2_000_000
"""Bytes of one readable part that a page shows; longer ones are offered as files."""
LARGEST = 2**63 - 1


def merged_ids(db: Session, ticket_id: int) -> list[int]:
    """The ticket's own number and those that were merged into it."""
    return [ticket_id, *db.connection().scalars(_MERGED, {"ticket": ticket_id})]


def read_history(
    db: Session,
    ticket_ids: Collection[int],
    *,
    comments: bool,
    outgoing: bool,
    fields: Collection[int] = (),
    newest: int | None = None,
    before: int | None = None,
) -> list[Entry]:
    """What happened on these tickets, oldest first, in three queries.

    `comments` and `outgoing` say whether the reader may see internal comments and records of sent mail, `fields`
    whose custom fields' changes. With
    `newest` only that many last entries; with `before` only entries older than that transaction.
    """
    rows = _transactions(
        db, ticket_ids, _hidden(comments=comments, outgoing=outgoing), fields, newest, before
    )
    attachments = _attachments(db, [row.id for row in rows])
    return [_entry(row, attachments.get(row.id, [])) for row in rows]


def count_history(
    db: Session,
    ticket_ids: Collection[int],
    *,
    comments: bool,
    outgoing: bool,
    fields: Collection[int] = (),
) -> int:
    """How many entries `read_history` would give in all."""
    hidden = _hidden(comments=comments, outgoing=outgoing)
    return (
        db.scalar(
            select(func.count(Transaction.id)).where(
                *_of(ticket_ids), Transaction.type.not_in(hidden), _field_seen(list(map(str, fields)))
            )
        )
        or 0
    )


def _of(ticket_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (Transaction.object_type == "ticket", Transaction.object_id.in_(ticket_ids))


def _hidden(*, comments: bool, outgoing: bool) -> list[str]:
    """Types of transactions that the reader must not see."""
    types = []
    if not comments:
        types += ["Comment", "CommentEmailRecord"]
    if not outgoing:
        types += ["EmailRecord", "CommentEmailRecord"]
    return types


def _field_seen(fields: Any) -> ColumnElement[bool]:
    """A clause: the change of a custom field is one that the reader may see."""
    return or_(Transaction.type != "CustomField", Transaction.field.in_(fields))


# Rows are Any below: their type would spell out every column once more.


def _transactions(
    db: Session,
    ticket_ids: Collection[int],
    hidden: Collection[str],
    fields: Collection[int],
    newest: int | None,
    before: int | None,
) -> Sequence[Any]:
    values = {
        "tickets": list(ticket_ids),
        "hidden": list(hidden),
        "fields": [str(each) for each in fields],
        "before": LARGEST if before is None else before,
    }
    connection = db.connection()
    if newest is None:
        return connection.execute(_FROM_OLDEST, values).all()
    return connection.execute(_FROM_NEWEST, {**values, "newest": newest}).all()[::-1]


def _attachments(db: Session, transaction_ids: Sequence[int]) -> dict[int, list[Any]]:
    if not transaction_ids:
        return {}
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.connection().execute(_PARTS, {"transactions": list(transaction_ids)}):
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
        copies=attachments[0].send_cc if attachments else "",
        blind_copies=attachments[0].send_bcc if attachments else "",
    )


def _build() -> Any:
    author = aliased(User)
    staff = (
        select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED).scalar_subquery()
    )
    return (
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
        .join(author, author.id == Transaction.creator_id)
        # Who was merged into somebody is shown as that person: what is written stays as it is.
        .join(User, User.id == func.coalesce(author.merged_into_id, author.id))
        .outerjoin(GroupClosure, and_(GroupClosure.group_id == staff, GroupClosure.member_id == User.id))
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id.in_(bindparam("tickets", expanding=True)),
            Transaction.type.not_in(bindparam("hidden", expanding=True)),
            _field_seen(bindparam("fields", expanding=True)),
            Transaction.id < bindparam("before", type_=BigInteger),
        )
    )


# Built once: to build these costs more than to run them, and every page of a ticket asks them.
_MERGED = select(Ticket.id).where(Ticket.merged_into_id == bindparam("ticket"))
_FROM_OLDEST = _build().order_by(Transaction.id)
_FROM_NEWEST = _build().order_by(Transaction.id.desc()).limit(bindparam("newest", type_=Integer))
_PARTS = (
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
        Attachment.send_cc,
        Attachment.send_bcc,
        Blob.data,
    )
    .outerjoin(
        Blob,
        and_(
            Blob.sha256 == Attachment.blob_sha256,
            Attachment.role.in_(SHOWN_ROLES),
            Attachment.size <= LONGEST_BODY,
        ),
    )
    .where(Attachment.transaction_id.in_(bindparam("transactions", expanding=True)))
    .order_by(Attachment.transaction_id, Attachment.position)
)
