"""How the sync hangs on the hooks: nothing but calls."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.identity.directory_sync.due import SWEEPING, SYNCING
from rtpy.identity.directory_sync.looking import LOOKING
from rtpy.jobs.worker import Chore


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for directories."""
    return [LOOKING, SYNCING, SWEEPING]
