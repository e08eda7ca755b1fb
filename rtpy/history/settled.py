"""Up to where the history is settled: below that number nothing can be committed any more."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from rtpy.models import Transaction

LOCKS = 0x7274
"""The upper 16 bits of the numbers under which writers are noted (see the migration 0017)."""


def settled_up_to(db: Session) -> int:
    """The number of the newest transaction of which all earlier ones are committed or given up.

    Numbers are given out before they are committed: on PostgreSQL with several writers a lower one may show up after a
    higher one. Each writer holds a lock that says from which number on it writes. The order of these statements
    matters: numbers given out, then writers at work; what is read afterwards up to the result is complete. SQLite has
    one writer at a time.
    """
    if db.get_bind().dialect.name != "postgresql":
        return db.scalar(select(func.max(Transaction.id))) or 0
    given_out: int = db.execute(_GIVEN_OUT).scalar_one()
    writing: int | None = db.execute(_WRITING).scalar_one()
    return given_out if writing is None else min(given_out, writing)


_GIVEN_OUT = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM transactions_id_seq")
# A lock on one big number shows as two small ones. Who writes from N on noted N, the last one given out before.
_WRITING = text(
    "SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) FROM pg_locks "
    "WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = :locks AND pid <> pg_backend_pid() "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(locks=LOCKS)
