"""What articles and assets have in common: the tag of their newest transaction."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from rtpy.db.base import table_of
from rtpy.models import Transaction


def thing_etag(db: Session, kind: str, number: int, fields: Collection[int]) -> str:
    """The number of the newest transaction; changes of custom fields count when they are among `fields`. One query."""
    values = {"kind": kind, "number": number, "fields": [str(each) for each in fields]}
    return str(db.connection().scalar(_NEWEST, values) or 0)


_each = table_of(Transaction).c
_NEWEST = select(func.max(_each.id)).where(
    _each.object_type == bindparam("kind"),
    _each.object_id == bindparam("number"),
    or_(_each.type != "CustomField", _each.field.in_(bindparam("fields", expanding=True))),
)
