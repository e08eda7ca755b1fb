"""How outgoing mail hangs on the hooks: the worker's chores."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for mail."""
    return []
