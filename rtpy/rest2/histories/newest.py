"""The newest transaction of a thing: the tag by which programs see that it changed."""

from datetime import datetime

from sqlalchemy import bindparam, select

from rtpy.db.base import table_of
from rtpy.models import Transaction
from rtpy.rest2.call import Call


def newest_event(call: Call, object_type: str, number: int) -> tuple[int, datetime] | None:
    """Its number and moment; None without any. One query for a call, none when it was asked before."""
    known = call.cache.setdefault("newest_events", {})
    if (object_type, number) not in known:
        values = {"type": object_type, "id": number}
        row = call.work.db.connection().execute(_NEWEST, values).first()
        known[object_type, number] = (row.id, row.created) if row else None
    found: tuple[int, datetime] | None = known[object_type, number]
    return found


_columns = table_of(Transaction).c
# Built once: to build it costs more than to run it.
_NEWEST = (
    select(_columns.id, _columns.created)
    .where(_columns.object_type == bindparam("type"), _columns.object_id == bindparam("id"))
    .order_by(_columns.id.desc())
    .limit(1)
)
