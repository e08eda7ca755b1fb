"""Signs of the workers: does one live, does each chore run, and was each daily job done."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.jobs.runs import FORGOTTEN
from rtpy.models import ChoreRun, Configuration
from rtpy.wellbeing.sign import Grade, Sign, how_long, how_many
from rtpy.work import Work

SILENT = timedelta(minutes=2)
"""A worker that gave no sign of life for so long has ended: it gives one every half minute."""
PACES = 10
SHORTEST = 300.0
"""A chore is late after so many of its paces, and never before so many seconds."""
IN_A_ROW = 3
MOST_ROWS = 5_000
DAILY = "daily:"
LATE_DAY = timedelta(days=2)
WORKERS = "Workers"
START = "Start one: `systemctl start rtpy-worker`, or `rtpy worker` by hand. Its log says why it ended."


@dataclass(frozen=True, slots=True)
class ChoreState:
    """How it goes with one chore over all workers that live."""

    name: str
    ran: datetime | None
    """When its last round began or ended."""
    failures: int
    """In a row, on the worker where there are most."""
    problem: str
    good: datetime | None
    last_failed: datetime | None
    did: int
    limit: timedelta
    """After so long without a round it is late."""


@dataclass(frozen=True, slots=True)
class Workers:
    """All of it: the nodes with their last sign of life, those that live, the chores, the daily jobs."""

    nodes: dict[str, datetime]
    alive: tuple[str, ...]
    chores: tuple[ChoreState, ...]
    days: dict[str, date]
    """Of each daily job the day for which it was done last."""


def look_at_workers(db: Session, now: datetime) -> Workers:
    """What workers wrote down lately. Two queries."""
    rows = db.scalars(
        select(ChoreRun)
        .where(ChoreRun.seen > now - FORGOTTEN * 24 * 30)
        .order_by(ChoreRun.seen.desc(), ChoreRun.node, ChoreRun.name)
        .limit(MOST_ROWS)
    ).all()
    nodes: dict[str, datetime] = {}
    for row in rows:
        nodes.setdefault(row.node, row.seen)
    alive = tuple(sorted(node for node, seen in nodes.items() if now - seen <= SILENT))
    by_name: dict[str, list[ChoreRun]] = defaultdict(list)
    for row in rows:
        if row.node in alive:
            by_name[row.name].append(row)
    found = db.execute(
        select(Configuration.name, Configuration.value)
        .where(Configuration.name.startswith(DAILY))
        .order_by(Configuration.name)
    )
    days = {
        name.removeprefix(DAILY): date.fromisoformat(str(value["day"]))
        for name, value in found
        if isinstance(value, dict) and value.get("day")
    }
    return Workers(nodes, alive, tuple(_state(name, by_name[name]) for name in sorted(by_name)), days)


def worker_signs(work: Work) -> Iterator[Sign]:
    """How it goes with the workers."""
    seen = look_at_workers(work.db, work.now)
    if not seen.alive:
        yield _nobody(seen, work.now)
        return
    troubles = [sign for chore in seen.chores for sign in _of_chore(chore, seen.days, work.now)]
    yield from troubles
    if not troubles:
        workers = how_many(len(seen.alive), "worker", "workers")
        yield Sign(
            WORKERS,
            Grade.FINE,
            f"{workers}; each of {len(seen.chores)} chores has run lately",
            detail=", ".join(seen.alive),
        )


def _nobody(seen: Workers, now: datetime) -> Sign:
    if not seen.nodes:
        return Sign(WORKERS, Grade.NOTE, "No worker has run here yet.", START)
    last = max(seen.nodes.values())
    sentence = (
        f"No worker has given a sign of life for {how_long(now - last)}: no mail is sent, nothing is due."
    )
    return Sign(
        WORKERS,
        Grade.BAD,
        sentence,
        START,
        detail=f"The last one was {max(seen.nodes, key=seen.nodes.__getitem__)}.",
    )


def _of_chore(chore: ChoreState, days: dict[str, date], now: datetime) -> Iterator[Sign]:
    remedy = f"The log of the worker says why: look for “chore {chore.name}”."
    if chore.failures >= IN_A_ROW:
        sentence = f"The chore “{chore.name}” has failed {chore.failures} times in a row."
        yield Sign(WORKERS, Grade.BAD, sentence, remedy, detail=chore.problem)
    elif chore.ran is None or now - chore.ran > chore.limit:
        ran = f"has not run for {how_long(now - chore.ran)}" if chore.ran else "has never run"
        yield Sign(
            WORKERS,
            Grade.BAD,
            f"The chore “{chore.name}” {ran}.",
            f"It hangs, or its last round takes very long. {remedy} Starting the worker anew ends it.",
        )
    done = days.get(chore.name)
    if done is None:
        return
    if now.date() - done > LATE_DAY:
        yield Sign(WORKERS, Grade.BAD, f"The daily job “{chore.name}” was done last for {done}.", remedy)
    elif chore.last_failed and chore.last_failed.date() > done:
        yield Sign(
            WORKERS,
            Grade.NOTE,
            f"The daily job “{chore.name}” has failed today; it is tried again.",
            remedy,
            detail=chore.problem,
        )


def _state(name: str, rows: Sequence[ChoreRun]) -> ChoreState:
    worst = max(rows, key=lambda row: row.failures)
    return ChoreState(
        name,
        _latest([*(row.began for row in rows), *(row.ended for row in rows)]),
        worst.failures,
        worst.last_problem,
        _latest([row.last_good for row in rows]),
        _latest([row.last_failed for row in rows]),
        sum(row.did for row in rows),
        timedelta(seconds=max(PACES * max(row.pace for row in rows), SHORTEST)),
    )


def _latest(moments: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)
