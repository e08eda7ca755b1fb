"""How the stores of attachments hang on the hooks."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.stores.sweeping import SWEEP


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """The daily sweep."""
    return [SWEEP]
