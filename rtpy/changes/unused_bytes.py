"""Deleting stored bytes that nothing names any more, while others may be storing the same."""

from collections.abc import Iterable

from sqlalchemy import Table, delete, select

from rtpy.db.base import table_of
from rtpy.migrations.lines import present_tables
from rtpy.models import Blob
from rtpy.work import Work

HASH = "blob_sha256"
"""How columns are called that name bytes; no foreign key says so."""
_SOME = 400


def holders_of_bytes(work: Work) -> list[Table]:
    """The tables of the core and of listed plugins whose rows name bytes."""
    return [table for table in present_tables(work.app.lines) if HASH in table.c]


def delete_unused_bytes(work: Work, hashes: Iterable[str]) -> int:
    """Delete those of these bytes (SHA-256 in hex) that no row names now; says how many.

    They are locked first, and asked about afterwards: who stores the same bytes either has committed by then, and is
    seen, or waits for this transaction and stores them anew.
    """
    connection, blobs, gone = work.db.connection(), table_of(Blob), 0
    every = sorted(set(hashes))
    for start in range(0, len(every), _SOME):
        some = every[start : start + _SOME]
        locked = select(blobs.c.sha256).where(blobs.c.sha256.in_(some)).order_by(blobs.c.sha256)
        unused = set(connection.scalars(locked.with_for_update()))
        for table in holders_of_bytes(work):  # a handful of tables
            named = select(table.c[HASH]).where(table.c[HASH].in_(unused)).distinct()
            unused -= set(connection.scalars(named))
        if unused:
            gone += connection.execute(delete(blobs).where(blobs.c.sha256.in_(unused))).rowcount
    return gone
