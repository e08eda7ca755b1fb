"""The daily sweep: bytes outside the database that no row asks for, such as those of a reply that was undone."""

import itertools
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from rtpy.app import App
from rtpy.jobs.daily import daily_at
from rtpy.models import Blob
from rtpy.ports import ByteKeeper
from rtpy.stores.placed import PlacedStore

KEPT = timedelta(hours=24)
"""Nothing younger is swept: its transaction may still be under way."""
MOST = 10_000
"""Removed in one night at most; the rest comes in the next."""
LONGEST = 1800.0
"""Seconds that one sweep takes at most."""
TOGETHER = 500


def sweep(app: App) -> int:
    """Remove what is outside without a row and older than KEPT, also half-written files; says how many."""
    store = app.blobs
    if not isinstance(store, PlacedStore):
        return 0
    before, until = app.clock.now() - KEPT, time.monotonic() + LONGEST
    gone = 0
    for keeper in store.keepers:
        if not keeper.is_set_up():
            continue
        gone += keeper.tidy(before)
        for sha256 in itertools.islice(_orphans(app, keeper, before), MOST):
            gone += remove_unneeded(app, keeper, sha256)
            if time.monotonic() > until:
                return gone
    return gone


SWEEP = daily_at("attachments.sweep", time_of_day(3, 40), sweep)


def remove_unneeded(app: App, keeper: ByteKeeper, sha256: str) -> bool:
    """Remove the bytes unless a row needs them there; who writes the same bytes meanwhile waits for this to end.

    The row is written here for as long as it takes, and taken back: so nobody else's comes in between.
    """
    with app.sessions() as db:
        connection = db.connection()
        insert = _INSERT[connection.dialect.name]
        row = {"sha256": sha256, "size": 0, "data": None, "created": datetime.now(UTC)}
        if connection.scalar(insert, row) is None:  # there is one
            kept_here = select(Blob.sha256).where(Blob.sha256 == sha256, Blob.data.is_not(None))
            if connection.scalar(kept_here.with_for_update(skip_locked=True)) is None:
                return False
        keeper.remove(sha256)
        return True  # and nothing is committed


def _orphans(app: App, keeper: ByteKeeper, before: datetime) -> Iterator[str]:
    """What lies there and has no row that says so; asked TOGETHER at a time."""
    old = (kept.sha256 for kept in keeper.listed() if kept.written < before)
    for some in _portions(old):
        with app.work(reading=True) as work:
            needed = select(Blob.sha256).where(Blob.sha256.in_(some), Blob.data.is_(None))
            known = set(work.db.connection().scalars(needed))
        yield from (sha256 for sha256 in some if sha256 not in known)


def _portions(hashes: Iterable[str]) -> Iterator[list[str]]:
    left = iter(hashes)
    while some := list(itertools.islice(left, TOGETHER)):
        yield some


_INSERT = {
    "postgresql": postgresql.insert(Blob)
    .on_conflict_do_nothing(index_elements=["sha256"])
    .returning(Blob.sha256),
    "sqlite": sqlite.insert(Blob).on_conflict_do_nothing(index_elements=["sha256"]).returning(Blob.sha256),
}
