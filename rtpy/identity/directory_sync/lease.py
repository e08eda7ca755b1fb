"""The lease by which one worker at a time has a directory's sync in hand, over all machines."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from rtpy.app import App
from rtpy.db.leases import is_over
from rtpy.models import DirectorySync

LASTS = timedelta(minutes=10)
"""Without a sign of life. A directory may take minutes to say all that it holds."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The lease of one directory, ours until it runs out."""

    directory_id: int
    owner: str

    def renew(self, app: App) -> bool:
        """Hold it for longer; False when somebody else has it by now."""
        with app.work() as work:
            done = work.db.execute(
                update(DirectorySync)
                .where(
                    DirectorySync.directory_id == self.directory_id, DirectorySync.lease_owner == self.owner
                )
                .values(lease_until=work.now + LASTS)
            )
            return isinstance(done, CursorResult) and done.rowcount == 1


def is_free(now: datetime) -> ColumnElement[bool]:
    """The clause: nobody has this directory in hand."""
    end = DirectorySync.lease_until
    return or_(end.is_(None), is_over(end, now, LASTS))


@contextmanager
def leased(app: App, directory_id: int) -> Iterator[Lease | None]:
    """Hold the lease of a directory; None when somebody else does. It is given back at the end."""
    lease = Lease(directory_id, secrets.token_hex(16))
    with app.work() as work:
        done = work.db.execute(
            update(DirectorySync)
            .where(
                DirectorySync.directory_id == directory_id,
                is_free(work.now),
            )
            .values(lease_owner=lease.owner, lease_until=work.now + LASTS)
        )
        held = isinstance(done, CursorResult) and done.rowcount == 1
    if not held:
        yield None
        return
    try:
        yield lease
    finally:
        with app.work() as work:
            work.db.execute(
                update(DirectorySync)
                .where(DirectorySync.directory_id == directory_id, DirectorySync.lease_owner == lease.owner)
                .values(lease_owner="", lease_until=None)
            )


def make_sync_rows(app: App, minutes: dict[int, int]) -> None:
    """Make the rows that are missing, for directories and the minutes until their first run by the clock.

    The first run comes after a pause, so that whoever sets up a directory can look at a plan first.
    """
    try:
        with app.work() as work:
            there = set(work.db.scalars(select(DirectorySync.directory_id)))
            for directory_id, pause in minutes.items():
                if directory_id not in there:
                    first = work.now + timedelta(minutes=pause)
                    work.db.add(DirectorySync(directory_id=directory_id, next_run=first))
    except IntegrityError:
        return  # another worker was quicker
