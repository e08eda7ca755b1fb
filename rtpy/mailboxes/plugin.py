"""How the ways in hang on the hooks: the worker's chores."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.mailboxes.due import FETCHING


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for mailboxes."""
    return [FETCHING]
