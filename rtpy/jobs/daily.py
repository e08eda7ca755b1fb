"""Chores that are done once a day at a time of the day, by one worker, also when none ran at that time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy.exc import IntegrityError

from rtpy.app import App
from rtpy.db.leases import has_ended
from rtpy.jobs.worker import Chore
from rtpy.models import Configuration
from rtpy.work import Work

LOOK = 60.0
"""Seconds between two looks at the clock."""
LEASE = timedelta(hours=1)
"""For so long nobody else begins it, unless it fails."""
FURTHER = timedelta(days=2)
"""A day that is done lies at most so far ahead: zones are changed, and lie up to a day apart."""
AGAIN = timedelta(minutes=10)
"""After a failure it is tried again."""


def daily_at(
    name: str, at: time, run: Callable[[App], int], *, zone: Callable[[App], tzinfo] = lambda app: UTC
) -> Chore:
    """A chore that does `run` once for each day, as soon as it is `at` in `zone`, such as 6:00 in Vienna.

    `name` has 50 characters at most. When no worker ran at that time it is done by the first one that comes back, once
    however many days were missed; the first time of all is the next such time. What raises is tried again after ten
    minutes; so `run` works in transactions of its own, and what it has done it does not do twice.
    """

    def look(app: App) -> int:
        now = app.clock.now()
        here = now.astimezone(zone(app))
        day = here.date() if here.time() >= at else here.date() - timedelta(days=1)
        with app.work() as work:
            if not _take(work, name, day, now):
                return 0
        try:
            done = run(app)
        except BaseException:
            with app.work() as work:
                _put(work, name, {"until": (now + AGAIN).isoformat()})
            raise
        with app.work() as work:
            _put(work, name, {"day": day.isoformat(), "until": ""})
        return done

    return Chore(name, LOOK, look)


def _take(work: Work, name: str, day: date, now: datetime) -> bool:
    """May this worker do it now? Then nobody else may, for the time of the lease."""
    row = work.db.get(Configuration, _key(name), with_for_update=True)
    if row is None:
        _begin(work, name, day)
        return False
    state = row.value if isinstance(row.value, dict) else {}
    until = str(state.get("until") or "")
    done = date.fromisoformat(str(state["day"]))
    if done > day + FURTHER:  # the clock was ahead, and has been put right
        _put(work, name, {"day": day.isoformat(), "until": ""})
        return False
    if done >= day or not has_ended(datetime.fromisoformat(until) if until else None, now, LEASE):
        return False
    _put(work, name, {"until": (now + LEASE).isoformat()})
    return True


def _begin(work: Work, name: str, day: date) -> None:
    """The first look of all: the day before counts as done."""
    value = {"day": day.isoformat(), "until": ""}
    try:
        with work.db.begin_nested():
            work.db.add(Configuration(name=_key(name), value=value, updated=work.now))
    except IntegrityError:
        return  # another worker looked at the same time


def _put(work: Work, name: str, values: dict[str, str]) -> None:
    row = work.db.get_one(Configuration, _key(name), with_for_update=True)
    state = row.value if isinstance(row.value, dict) else {}
    row.value, row.updated = {**state, **values}, work.now


def _key(name: str) -> str:
    return f"daily:{name}"[:64]
