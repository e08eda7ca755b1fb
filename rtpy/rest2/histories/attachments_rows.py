"""Where attachments are: three sorts of rows (parts, containers, sent mails) that are searched and read alike."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, literal_column, null, select
from sqlalchemy.orm import aliased

from rtpy.db.among import among
from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy.rest.naming import find_user
from rtpy.rest2.call import Call
from rtpy.rest2.histories.attachments_numbers import CONTAINERS, MAILS, RECORDS
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.search.compiling.visible import visible_transactions
from rtpy.search.fields.transactions import with_tickets

MIXED = "multipart/mixed"

_second = aliased(Attachment)
_NOTHING: Any = literal_column("''")
_HAS_SECOND = exists().where(_second.transaction_id == Transaction.id, _second.position == 1)
_IN = case((_HAS_SECOND, CONTAINERS + Transaction.id), else_=literal(0))


def _user_number(call: Call, text: str) -> int | None:
    found = find_user(call.work.db, text)
    return found.id if found else None


@dataclass(frozen=True, slots=True)
class Piece:
    """One attachment, wherever it is kept. `container` is the number of the one that it lies in, or 0.

    `sha256` is empty for what has no bytes in the store: a container, and a mail that was sent, whose words are `text`.
    """

    id: int
    transaction_id: int
    container: int
    content_type: str
    charset: str
    filename: str
    headers: str
    subject: str
    message_id: str
    size: int
    sha256: str
    creator_id: int
    created: datetime
    text: str | None = None

    @property
    def is_container(self) -> bool:
        """Has it no content of its own?"""
        return self.id >= CONTAINERS

    @property
    def is_text(self) -> bool:
        """Can it be read as text?"""
        return self.content_type.startswith("text/") or bool(self.charset)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of rows: `join` puts its table to transactions, `clause` says which rows of it are some.

    `columns` are those of a `Piece`, in its order; `place` sorts the pieces of one transaction.
    """

    join: Callable[[Any], Any]
    clause: ColumnElement[bool]
    place: Any
    columns: Mapping[str, Any]

    @property
    def searchable(self) -> Mapping[str, Searchable]:
        """What JSON searches and sorting may name."""
        each = self.columns
        return {
            "id": Searchable(each["id"], Holds.NUMBER),
            "TransactionId": Searchable(Transaction.id, Holds.NUMBER),
            "Parent": Searchable(each["container"], Holds.NUMBER),
            "MessageId": Searchable(each["message_id"]),
            "Subject": Searchable(each["subject"]),
            "Filename": Searchable(each["filename"]),
            "ContentType": Searchable(each["content_type"]),
            "Creator": Searchable(Transaction.creator_id, Holds.NUMBER, find=_user_number),
            "Created": Searchable(Transaction.created, Holds.MOMENT),
        }


def _parts() -> Sort:
    first = and_(Attachment.position == 0, ~_HAS_SECOND)
    return Sort(
        lambda query: query.join(Attachment, Attachment.transaction_id == Transaction.id),
        Attachment.id.is_not(None),
        Attachment.position,
        {
            "id": Attachment.id,
            "container": _IN,
            "content_type": Attachment.content_type,
            "charset": Attachment.charset,
            "filename": Attachment.filename,
            # What stands at the first part is of the whole message: its container has it, if there is one.
            "headers": case(
                (and_(Attachment.position == 0, _HAS_SECOND), _NOTHING), else_=Attachment.headers
            ),
            "subject": case((first, Attachment.subject), else_=_NOTHING),
            "message_id": case((first, Attachment.message_id), else_=_NOTHING),
            "size": Attachment.size,
            "sha256": Attachment.blob_sha256,
            "text": null(),
        },
    )


def _containers() -> Sort:
    return Sort(
        lambda query: query.join(Attachment, Attachment.transaction_id == Transaction.id),
        and_(Attachment.position == 0, _HAS_SECOND),
        literal_column("-1"),
        {
            "id": CONTAINERS + Transaction.id,
            "container": literal_column("0"),
            "content_type": literal(MIXED),
            "charset": _NOTHING,
            "filename": _NOTHING,
            "headers": Attachment.headers,
            "subject": Attachment.subject,
            "message_id": Attachment.message_id,
            "size": literal_column("0"),
            "sha256": _NOTHING,
            "text": null(),
        },
    )


def _mails() -> Sort:
    return Sort(
        lambda query: query.join(OutgoingMail, OutgoingMail.message_id == Transaction.data),
        Transaction.type.in_(RECORDS),
        literal_column("0"),
        {
            "id": MAILS + OutgoingMail.id,
            "container": literal_column("0"),
            "content_type": literal("text/plain"),
            "charset": literal("utf-8"),
            "filename": _NOTHING,
            "headers": OutgoingMail.headers,
            "subject": OutgoingMail.subject,
            "message_id": OutgoingMail.message_id,
            "size": func.length(OutgoingMail.body),
            "sha256": _NOTHING,
            "text": OutgoingMail.body,
        },
    )


PARTS, CONTAINED, SENT = SORTS = (_parts(), _containers(), _mails())


def visible_in(call: Call, query: Any) -> Any:
    """A query over transactions, cut down to those of tickets that the caller may read."""
    seen = visible_transactions(call.work, is_staff=call.login.is_privileged)
    return with_tickets(query).where(Transaction.object_type == "ticket", seen)


def load_pieces(call: Call, ids: Collection[int]) -> Mapping[int, Piece]:
    """Those of transactions that the caller may see, by number. One query for each sort that is among them."""
    return _load(call, ids, lambda query: visible_in(call, query))


def load_found(call: Call, ids: Collection[int]) -> Mapping[int, Piece]:
    """The same for numbers of which it is known that they may be seen."""
    return _load(call, ids, lambda query: query)


def numbers_query(
    sort: Sort, limit: Callable[[Any], Any], clauses: Collection[ColumnElement[bool]], by: Collection[Any]
) -> Select[Any]:
    """The numbers of one sort, with what they are sorted by; `limit` cuts the transactions down."""
    keys = [key.label(f"key{at}") for at, key in enumerate((*by, Transaction.id, sort.place))]
    query = limit(sort.join(select(sort.columns["id"].label("id"), *keys).select_from(Transaction)))
    return query.where(sort.clause, *clauses)


def _load(call: Call, ids: Collection[int], limit: Callable[[Any], Any]) -> dict[int, Piece]:
    found: dict[int, Piece] = {}
    for first, end, statement in _STATEMENTS:
        numbers = [each - first for each in ids if first <= each < end]
        rows = call.work.db.connection().execute(limit(statement), {"ids": numbers}) if numbers else ()
        found |= {row.id: _piece(row) for row in rows}
    return found


def _statement(sort: Sort, number: Any) -> Select[Any]:
    columns = [column.label(name) for name, column in sort.columns.items()]
    query = select(
        Transaction.id.label("transaction_id"), Transaction.creator_id, Transaction.created, *columns
    )
    return sort.join(query.select_from(Transaction)).where(sort.clause, among(number, "ids"))


# Built once: to build these costs more than to run them.
_STATEMENTS = (
    (0, MAILS, _statement(PARTS, Attachment.id)),
    (CONTAINERS, 2**53, _statement(CONTAINED, Transaction.id)),
    (MAILS, CONTAINERS, _statement(SENT, OutgoingMail.id)),
)


def _piece(row: Any) -> Piece:
    headers = row.headers if isinstance(row.headers, str) else "\n".join(_lines(row.headers))
    values = {**row._mapping, "headers": headers}
    return Piece(**values)


def _lines(headers: Any) -> Iterator[str]:
    """Headers of a sent mail are pairs."""
    for name, value in headers or ():
        yield f"{name}: {value}"
