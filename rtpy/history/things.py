"""The history of articles and assets: a page of entries, newest first, with what was there before and after."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from rtpy.models import Transaction, User

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ThingEntry:
    """One transaction."""

    id: int
    type: str
    field: str
    old: str
    new: str
    data: str
    created: datetime
    who: str


def read_thing_history(
    db: Session, object_type: str, object_id: int, number: int = 1, *, fields: frozenset[int] = frozenset()
) -> list[ThingEntry]:
    """A page, newest first, and one entry more when there is a next page. One query.

    `fields` are the custom fields whose changes the reader may see.
    """
    values = {
        "type": object_type,
        "id": object_id,
        "fields": [str(each) for each in fields],
        "limit": PER_PAGE + 1,
        "offset": (number - 1) * PER_PAGE,
    }
    rows = db.connection().execute(_ENTRIES, values)
    return [ThingEntry(*row[:7], who=row.real_name or row.name) for row in rows]


_author = aliased(User)
# Built once. Who was merged into somebody is shown as that person: what is written stays as it is.
_ENTRIES = (
    select(
        Transaction.id,
        Transaction.type,
        Transaction.field,
        Transaction.old_value,
        Transaction.new_value,
        Transaction.data,
        Transaction.created,
        User.name,
        User.real_name,
    )
    .join(_author, _author.id == Transaction.creator_id)
    .join(User, User.id == func.coalesce(_author.merged_into_id, _author.id))
    .where(
        Transaction.object_type == bindparam("type"),
        Transaction.object_id == bindparam("id"),
        or_(Transaction.type != "CustomField", Transaction.field.in_(bindparam("fields", expanding=True))),
    )
    .order_by(Transaction.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
