"""How dashboards by mail hang on the hooks: the worker's chore."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.subscriptions.sending import DASHBOARDS


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does when its time has come."""
    return [DASHBOARDS]
