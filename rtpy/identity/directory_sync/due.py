"""The chore that takes runs in hand: those that somebody asked for, those that broke off, and those that are due."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.identity.directory_sync.lease import is_free, leased, make_sync_rows
from rtpy.identity.directory_sync.runs import OPEN, perform, start_run
from rtpy.jobs.worker import Chore
from rtpy.models import DirectoryRun, DirectoryRunLine, DirectorySync, UserDirectory
from rtpy.work import Work

SOONEST = 5
"""Minutes until a directory that could not be read is tried again; more with each failure, up to its own pace."""
KEEP = timedelta(days=180)
KEEP_EMPTY = timedelta(days=2)
"""Runs that had nothing to do."""
AT_ONCE = 100
UNREAD = timedelta(hours=1)
"""After this a run is given up that could not be planned, …"""
GIVE_UP = timedelta(days=1, hours=6)
"""… and after this one whose lines could not be done: longer than a plan may wait for a person."""


def sync_due(app: App) -> int:
    """Take in hand what waits; says how many runs it was."""
    with app.work(reading=True) as work:
        waiting = _waiting(work)
        missing = _without_row(work)
    if missing:
        make_sync_rows(app, missing)
    return sum(_one(app, directory_id) for directory_id in waiting)


def _one(app: App, directory_id: int) -> int:
    with leased(app, directory_id) as lease:
        if lease is None:
            return 0
        with app.work() as work:
            run_id = _open_run(work, directory_id)
            if run_id is None and _is_due(work, directory_id):
                run_id = start_run(work, directory_id, "clock").id
        if run_id is None:
            return 0
        state = perform(app, run_id, lease)
        with app.work() as work:
            note_end(work, directory_id, failed=state == "failed")
        return 1


def note_end(work: Work, directory_id: int, *, failed: bool) -> None:
    """When the next run by the clock is due, now that one has ended."""
    sync = work.db.get_one(DirectorySync, directory_id)
    minutes = work.db.get_one(UserDirectory, directory_id).sync_minutes
    sync.failures = sync.failures + 1 if failed else 0
    pause = min(minutes, SOONEST * 2 ** min(sync.failures - 1, 10)) if failed else minutes
    sync.next_run = work.now + timedelta(minutes=pause)


def sweep_runs(app: App) -> int:
    """Forget old runs, some at once; says how many."""
    with app.work() as work:
        lines = select(DirectoryRunLine.id).where(DirectoryRunLine.run_id == DirectoryRun.id).exists()
        old = select(DirectoryRun.id).where(
            DirectoryRun.state.not_in(OPEN),
            or_(
                DirectoryRun.created < work.now - KEEP,
                (DirectoryRun.created < work.now - KEEP_EMPTY) & ~lines,
            ),
        )
        ids = work.db.scalars(old.limit(AT_ONCE)).all()
        if not ids:
            return 0
        work.db.execute(delete(DirectoryRunLine).where(DirectoryRunLine.run_id.in_(ids)))
        done = work.db.execute(delete(DirectoryRun).where(DirectoryRun.id.in_(ids)))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _waiting(work: Work) -> list[int]:
    """Directories with something to do, as far as one can see without taking the lease. One query."""
    asked = select(DirectoryRun.directory_id).where(DirectoryRun.state.in_(OPEN))
    query = (
        select(UserDirectory.id)
        .join(DirectorySync, DirectorySync.directory_id == UserDirectory.id)
        .where(
            is_free(work.now),
            or_(
                UserDirectory.id.in_(asked),
                UserDirectory.disabled.is_(False)
                & (UserDirectory.sync_minutes > 0)
                & (DirectorySync.next_run <= work.now),
            ),
        )
        .order_by(UserDirectory.id)
    )
    return list(work.db.scalars(query))


def _without_row(work: Work) -> dict[int, int]:
    there = select(DirectorySync.directory_id)
    query = select(UserDirectory.id, UserDirectory.sync_minutes).where(UserDirectory.id.not_in(there))
    return {row.id: row.sync_minutes for row in work.db.execute(query)}


def _open_run(work: Work, directory_id: int) -> int | None:
    """The run to take in hand; one that no worker could finish is given up, so that others may run."""
    query = select(DirectoryRun).where(
        DirectoryRun.directory_id == directory_id, DirectoryRun.state.in_(OPEN)
    )
    run = work.db.scalar(query.order_by(DirectoryRun.id).limit(1))
    if run is not None and (run.planned or run.created) < work.now - (GIVE_UP if run.planned else UNREAD):
        run.state, run.finished = "failed", work.now
        run.problem = (
            "No worker could finish it: the log says why. The next run looks at the directory again."
        )
        return None
    return run.id if run is not None else None


def _is_due(work: Work, directory_id: int) -> bool:
    row, sync = work.db.get_one(UserDirectory, directory_id), work.db.get_one(DirectorySync, directory_id)
    due: datetime | None = sync.next_run
    return not row.disabled and row.sync_minutes > 0 and due is not None and due <= work.now


SYNCING = Chore("directory sync", 3.0, sync_due)
SWEEPING = Chore("directory runs", 3600.0, sweep_runs)
