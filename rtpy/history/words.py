"""Which parts of messages are read by the thousand, with history and lists, and so lie in the database always."""

from sqlalchemy import ColumnElement, and_, or_

from rtpy.history.reading import CALENDAR, LONGEST_BODY, LONGEST_CALENDAR, SHOWN_ROLES
from rtpy.models import Attachment


def is_words(role: str, content_type: str, size: int) -> bool:
    """Does the history show this part itself, not only its name? `size` in bytes."""
    if role in SHOWN_ROLES:
        return size <= LONGEST_BODY
    return content_type == CALENDAR and size <= LONGEST_CALENDAR


def are_words() -> ColumnElement[bool]:
    """The same as a clause about `attachments`."""
    return or_(
        and_(Attachment.role.in_(SHOWN_ROLES), Attachment.size <= LONGEST_BODY),
        and_(Attachment.content_type == CALENDAR, Attachment.size <= LONGEST_CALENDAR),
    )
