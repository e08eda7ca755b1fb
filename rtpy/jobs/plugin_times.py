"""Taking what plugins took, as each process has counted it, into the database."""

import logging
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.hook_times import BUCKETS, Count
from rtpy.jobs.worker import Chore
from rtpy.models import HookDay

log = logging.getLogger(__name__)

KEPT_DAYS = 90
EVERY = 60.0
"""Seconds between two times that one process tells of its counts."""

_ON_POSTGRESQL = postgresql.insert(HookDay).on_conflict_do_nothing()
_ON_SQLITE = sqlite.insert(HookDay).on_conflict_do_nothing()


def keep_times(app: App) -> int:
    """Add the counts of this process to today's rows, in a transaction of its own; they wait when that fails."""
    counts = app.hook_times.take()
    if not counts:
        return 0
    try:
        with app.sessions() as db:
            _add(db, app, counts)
            db.commit()
    except Exception:
        app.hook_times.give_back(counts)
        raise
    return 0  # what is counted meanwhile can wait for the next round


def keep_times_when_due(app: App) -> None:
    """The same for a process that has no chores, at the end of a request; a failure is told to the log only."""
    if not app.hook_times.is_due(EVERY):
        return
    try:
        keep_times(app)
    except Exception:
        log.warning("the times of plugins could not be kept; they wait", exc_info=True)


PLUGIN_TIMES = Chore("plugins.times", EVERY, keep_times)


def _add(db: Session, app: App, counts: dict[tuple[str, str], Count]) -> None:
    now = app.clock.now()
    insert = _ON_POSTGRESQL if db.get_bind().dialect.name == "postgresql" else _ON_SQLITE
    empty = {"day": now.date(), "buckets": [0] * BUCKETS, "updated": now}
    keys = sorted(counts)  # the same order everywhere: nobody waits for one who waits
    db.execute(insert, [{**empty, "plugin": plugin[:64], "hook": what[:64]} for plugin, what in keys])
    for plugin, what in keys:
        key = {"day": now.date(), "plugin": plugin[:64], "hook": what[:64]}
        row = db.scalars(select(HookDay).filter_by(**key).with_for_update()).one()
        count = counts[plugin, what]
        count.add(count_of(row))
        row.calls, row.failures, row.microseconds = count.calls, count.failures, count.microseconds
        row.slowest, row.buckets = count.slowest, count.buckets
        row.failed, row.failure, row.updated = count.failed, count.failure, now
    db.execute(delete(HookDay).where(HookDay.day < now.date() - timedelta(days=KEPT_DAYS)))


def count_of(row: HookDay) -> Count:
    """A row as counts."""
    return Count(
        row.calls,
        row.failures,
        row.microseconds,
        row.slowest,
        list(row.buckets),
        row.failed,
        row.failure,
    )
