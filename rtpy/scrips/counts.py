"""How often each scrip did something, was skipped or failed, and how long it took: added up by day from the runs.

Runs are written in the transactions of changes, where a counter would make all of them wait for one row. The worker
adds them up afterwards; what it has not come to yet is added by whoever reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.models import Configuration, Scrip, ScripCount, ScripRun
from rtpy.models.locks import lock_name

MARK = "scrip_counts_mark"
SETTLED = timedelta(minutes=2)
"""A run that is younger may have older ones beside it that are not committed yet."""
BATCH = 2_000
MOST_PENDING = 5_000
"""Runs that a reader adds up by itself."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a scrip in some days; microseconds in all and of the slowest time."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    micros: int = 0
    slowest: int = 0

    @property
    def total(self) -> int:
        """How often it was asked."""
        return self.done + self.skipped + self.failed

    @property
    def mean_ms(self) -> float:
        """Milliseconds that one time took."""
        return self.micros / self.total / 1000 if self.total else 0.0

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(
            self.done + other.done,
            self.skipped + other.skipped,
            self.failed + other.failed,
            self.micros + other.micros,
            max(self.slowest, other.slowest),
        )


def counts_of(db: Session, since: date) -> dict[int, Counted]:
    """By scrip, from a day on (UTC). Three queries, whatever the number of runs."""
    rows = db.execute(
        select(
            ScripCount.scrip_id,
            func.sum(ScripCount.done),
            func.sum(ScripCount.skipped),
            func.sum(ScripCount.failed),
            func.sum(ScripCount.micros),
            func.max(ScripCount.slowest),
        )
        .where(ScripCount.day >= since)
        .group_by(ScripCount.scrip_id)
    )
    found = {row[0]: Counted(*(int(value) for value in row[1:])) for row in rows}
    pending = db.scalars(
        select(ScripRun).where(ScripRun.id > _mark(db)).order_by(ScripRun.id).limit(MOST_PENDING)
    )
    for (scrip_id, day), counted in _add_up(pending).items():
        if day >= since:
            found[scrip_id] = found.get(scrip_id, Counted()).plus(counted)
    return found


def add_up_runs(app: App) -> int:
    """One round of the chore: how many runs were added to the counts."""
    with app.work() as work:
        db = work.db
        lock_name(db, MARK)  # its row may not be there yet
        mark = _mark(db)
        runs = db.scalars(select(ScripRun).where(ScripRun.id > mark).order_by(ScripRun.id).limit(BATCH)).all()
        settled: list[ScripRun] = []
        for run in runs:
            if run.created > work.now - SETTLED:
                break  # those behind it wait too, so that none is passed over
            settled.append(run)
        if not settled:
            return 0
        known = set(db.scalars(select(Scrip.id)))
        for (scrip_id, day), counted in _add_up(settled).items():
            if scrip_id in known:
                _add(db, scrip_id, day, counted)
        _set_mark(work.now, db, settled[-1].id)
    return len(settled)


CHORE = Chore("scrip_counts", 30, add_up_runs)


def _add_up(runs: Iterable[ScripRun]) -> dict[tuple[int, date], Counted]:
    found: dict[tuple[int, date], Counted] = {}
    for run in runs:
        for entry in run.entries:
            outcome, micros = str(entry.get("outcome")), int(str(entry.get("micros", 0)))
            if outcome not in ("done", "skipped", "failed"):
                continue
            one = replace(Counted(micros=micros, slowest=micros), **{outcome: 1})
            key = (int(str(entry["scrip"])), run.created.date())
            found[key] = found.get(key, Counted()).plus(one)
    return found


def _add(db: Session, scrip_id: int, day: date, counted: Counted) -> None:
    table: Any = ScripCount.__table__  # Any: SQLAlchemy types it as any FromClause
    columns = table.c
    here = (columns.scrip_id == scrip_id, columns.day == day)
    slowest = db.scalar(select(columns.slowest).where(*here))
    values = {
        "done": counted.done, "skipped": counted.skipped, "failed": counted.failed, "micros": counted.micros,
    }  # fmt: skip
    if slowest is None:
        row = {"scrip_id": scrip_id, "day": day, "slowest": counted.slowest, **values}
        db.execute(insert(table).values(**row))
        return
    added = {name: columns[name] + value for name, value in values.items()}
    db.execute(update(table).where(*here).values(**added, slowest=max(slowest, counted.slowest)))


def _mark(db: Session) -> int:
    return int(db.scalar(select(Configuration.value).where(Configuration.name == MARK)) or 0)


def _set_mark(now: datetime, db: Session, number: int) -> None:
    row = {"value": str(number), "updated": now}
    changed = db.connection().execute(update(Configuration).where(Configuration.name == MARK).values(**row))
    if not changed.rowcount:
        db.connection().execute(insert(Configuration).values(name=MARK, **row))
