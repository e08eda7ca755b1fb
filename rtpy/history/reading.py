"""Reading the history of tickets in a fixed number of queries, whatever its length."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from rtpy.content.part import Part, PartRole
from rtpy.db.among import among
from rtpy.history.entry import Entry, File
from rtpy.history.public import public_clause
from rtpy.models import Attachment, Blob, Group, GroupClosure, Ticket, Transaction, User
from rtpy.models.group import PRIVILEGED

COMMENTS = ("Comment", "CommentEmailRecord")
"""Types of transactions that only who may read comments sees."""
OUTGOING = ("EmailRecord", "CommentEmailRecord")
"""Types that only who may read outgoing mail sees."""
SHOWN_ROLES = (PartRole.BODY.value, PartRole.HTML.value)
LONGEST_BODY = 2_000_000
"""Bytes of one readable part that a page shows; longer ones are offered as files."""
CALENDAR = "text/calendar"
LONGEST_CALENDAR = 200_000
"""Bytes of a calendar part that is read beside the message; a longer one is a file like others."""
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
    only: Collection[int] | None = None,
) -> list[Entry]:
    """What happened on these tickets, oldest first, in one query.

    `comments` and `outgoing` say whether the reader may see internal comments and records of sent mail, `fields`
    whose custom fields' changes. With `newest` only that many last entries; with `before` only entries older than
    that transaction; with `only` those transactions alone, as far as the reader may see them.
    """
    values = {
        "tickets": list(ticket_ids),
        "comments": comments,
        "outgoing": outgoing,
        "fields": [str(each) for each in fields],
        "before": LARGEST if before is None else before,
    }
    found: dict[int, list[Any]] = defaultdict(list)
    query = _ALL if newest is None else _NEWEST
    if newest is not None:
        values["newest"] = newest
    elif only is not None:
        query, values["only"] = _ONLY, list(only)
    for row in db.connection().execute(query, values).all():
        found[row[0]].append(row)
    return [_entry(found[number]) for number in sorted(found)]


def read_public(db: Session, ticket_ids: Collection[int], *, newest: int) -> list[Entry]:
    """The `newest` of what customers may read of these tickets (`rtpy.history.public`), oldest first, in one query.

    Without what is internal in a public transaction: minutes, addresses, who got copies, remarks on its mail.
    """
    found: dict[int, list[Any]] = defaultdict(list)
    values = {
        "tickets": list(ticket_ids),
        "comments": False,
        "outgoing": False,
        "fields": [],
        "before": LARGEST,
        "newest": newest,
    }
    for row in db.connection().execute(_PUBLIC, values).all():
        found[row[0]].append(row)
    nothing: dict[str, Any] = {
        "minutes": 0,
        "creator_address": "",
        "copies": "",
        "blind_copies": "",
        "remarks": (),
    }
    return [replace(_entry(found[number]), **nothing) for number in sorted(found)]


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


def _hidden(*, comments: bool, outgoing: bool) -> tuple[str, ...]:
    """Types of transactions that the reader must not see."""
    return (() if comments else COMMENTS) + (() if outgoing else OUTGOING)


def _is_none_of(*types: str) -> ColumnElement[bool]:
    return and_(*(Transaction.type != each for each in types))


def _field_seen(fields: Any) -> ColumnElement[bool]:
    """A clause: the change of a custom field is one that the reader may see."""
    return or_(Transaction.type != "CustomField", Transaction.field.in_(fields))


# Rows are Any below: their type would spell out every column once more.


def _entry(rows: Sequence[Any]) -> Entry:
    """From the rows of one transaction: one for each attachment, or one without.

    By position, not by name: a name of a row is looked up for longer than all else here takes.
    """
    first = rows[0]
    number, ticket_id, kind, field, old_value, new_value, data, minutes, face, created = first[:10]
    creator_id, name, real_name, address, staff, attached = first[10:16]
    return Entry(
        id=number,
        ticket_id=ticket_id,
        type=kind,
        field=field,
        old_value=old_value,
        new_value=new_value,
        data=data,
        minutes=minutes,
        face=face,
        created=created,
        creator_id=creator_id,
        creator_name=real_name or name,
        creator_address=address or "",
        by_staff=staff is not None,
        **({} if attached is None else _said([row[15:] for row in rows])),
    )


def _said(attachments: Sequence[Any]) -> dict[str, Any]:
    """What the attachments of a transaction give its entry; of each the columns from `attachment_id` on."""
    parts, files, inline, remarks, calendars = [], [], [], [], []
    is_mail, copies = False, None
    in_order = sorted(attachments, key=itemgetter(1))
    for (
        each,
        _,
        role,
        content_type,
        charset,
        filename,
        content_id,
        size,
        remark,
        mail,
        cc,
        bcc,
        body,
    ) in in_order:
        is_shown = role in SHOWN_ROLES
        if is_shown and body is not None:
            parts.append(Part(content_type, body, PartRole(role), filename, charset))
        elif role == PartRole.FILE or (is_shown and size):
            files.append(File(each, filename, content_type, size))
        if role == PartRole.FILE and body is not None:
            calendars.append(body)
        if content_id:
            inline.append((content_id, each))
        if remark:
            remarks.append(remark)
        is_mail = is_mail or bool(mail)
        copies = copies or (cc, bcc)
    to, blind = copies or ("", "")
    return {
        "parts": tuple(parts),
        "files": tuple(files),
        "inline": tuple(inline),
        "remarks": tuple(remarks),
        "calendars": tuple(calendars),
        "is_mail": is_mail,
        "copies": to,
        "blind_copies": blind,
    }


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
            among(Transaction.object_id, "tickets"),
            or_(bindparam("comments", type_=Boolean), _is_none_of(*COMMENTS)),
            or_(bindparam("outgoing", type_=Boolean), _is_none_of(*OUTGOING)),
            _field_seen(bindparam("fields", expanding=True)),
            Transaction.id < bindparam("before", type_=BigInteger),
        )
    )


def _with_attachments(entries: Select[*tuple[Any, ...]]) -> Any:
    """The rows of `entries`, each as often as it has attachments; in no order, lest the database sort their bodies."""
    chosen = entries.subquery("entries")
    calendar = and_(Attachment.content_type == CALENDAR, Attachment.size <= LONGEST_CALENDAR)
    shown = and_(
        Blob.sha256 == Attachment.blob_sha256,
        or_(*(Attachment.role == each for each in SHOWN_ROLES), calendar),
        Attachment.size <= LONGEST_BODY,
    )
    return (
        select(
            chosen,
            Attachment.id.label("attachment_id"),
            Attachment.position,
            Attachment.role,
            Attachment.content_type,
            Attachment.charset,
            Attachment.filename,
            Attachment.content_id,
            Attachment.size,
            Attachment.remark,
            Attachment.message_id,
            Attachment.send_cc,
            Attachment.send_bcc,
            Blob.data.label("body"),
        )
        .select_from(chosen)
        .outerjoin(Attachment, Attachment.transaction_id == chosen.c.id)
        .outerjoin(Blob, shown)
    )


# Built once: to build these costs more than to run them, and every page of a ticket asks them.
_MERGED = select(Ticket.id).where(Ticket.merged_into_id == bindparam("ticket"))
_ALL = _with_attachments(_build())
_PUBLIC = _with_attachments(
    _build().where(public_clause()).order_by(Transaction.id.desc()).limit(bindparam("newest", type_=Integer))
)
_ONLY = _with_attachments(_build().where(Transaction.id.in_(bindparam("only", expanding=True))))
_NEWEST = _with_attachments(
    _build().order_by(Transaction.id.desc()).limit(bindparam("newest", type_=Integer))
)
