"""Files of a request that its customers may fetch: those of public messages, of no others."""

from sqlalchemy import ColumnElement, select

from rtpy.content.part import PartRole
from rtpy.history.public import public_clause
from rtpy.models import Attachment, Ticket, Transaction
from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.reading import numbers_within


def find_file(work: Work, visitor: Visitor, ticket: Ticket, attachment_id: int) -> Attachment | None:
    """The attachment of that number in a message that this visitor may read. Two queries."""
    return _find(work, visitor, ticket, Attachment.id == attachment_id)


def find_picture(
    work: Work, visitor: Visitor, ticket: Ticket, transaction_id: int, content_id: str
) -> Attachment | None:
    """The picture that the HTML of this very message calls `cid:…`; those of others are not there. Two queries."""
    content_id = content_id.strip("<>").replace("\x00", "")
    found = _find(
        work,
        visitor,
        ticket,
        Attachment.transaction_id == transaction_id,
        Attachment.content_id == content_id,
        Attachment.content_id != "",
        Attachment.role.in_((PartRole.INLINE.value, PartRole.FILE.value)),
    )
    return found if found is not None and found.content_type.startswith("image/") else None


def _find(work: Work, visitor: Visitor, ticket: Ticket, *clauses: ColumnElement[bool]) -> Attachment | None:
    return work.db.scalar(
        select(Attachment)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id.in_(numbers_within(work, visitor, ticket)), public_clause(), *clauses)
        .order_by(Attachment.position)
        .limit(1)
    )
