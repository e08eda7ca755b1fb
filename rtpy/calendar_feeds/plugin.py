"""How calendars hang on the hooks: the worker's chores, and whether they are in order."""

from collections.abc import Sequence

from rtpy.calendar_feeds.chores import FETCHING, HOLIDAYS, feeds_in_order
from rtpy.health import HealthCheck
from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.work import Work


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for calendars."""
    return [FETCHING, HOLIDAYS]


@hookimpl
def rtpy_health(work: Work) -> Sequence[HealthCheck]:
    """Are their files fetched?"""
    return [feeds_in_order(work)]
