"""How long somebody is expected to work, and how much of the clock entries take. Mostly pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.models import Worker

SATURDAY = 5


def expected_minutes(work: Work, worker_id: int, days: Sequence[date]) -> tuple[int, ...]:
    """For each day; what is set up for the person, else the usual day from Monday to Friday. One query."""
    worker = work.db.get(Worker, worker_id)
    usual = int(setting(work.app, work.db, "billing.day_minutes"))
    if worker is None or worker.week is None or len(worker.week) != 7:
        return tuple(usual if day.weekday() < SATURDAY else 0 for day in days)
    return tuple(worker.week[day.weekday()] // 60 for day in days)


def clock_seconds(intervals: Iterable[tuple[datetime, datetime]]) -> int:
    """How much of the clock they cover together: what pay counts, where work for two customers at once counts once."""
    total, end = 0, None
    for began, ended in sorted(intervals):
        if end is None or began > end:
            total += int((ended - began).total_seconds())
            end = ended
        elif ended > end:
            total += int((ended - end).total_seconds())
            end = ended
    return total


def gaps_between(intervals: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The stretches between the first and the last in which nothing was logged."""
    gaps: list[tuple[datetime, datetime]] = []
    end: datetime | None = None
    for began, ended in sorted(intervals):
        if end is not None and began > end:
            gaps.append((end, began))
        end = ended if end is None else max(end, ended)
    return gaps
