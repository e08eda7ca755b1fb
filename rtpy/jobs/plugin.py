"""How the jobs of the core itself hang on the hooks."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.certificates import look_at_own
from rtpy.jobs.indexing import INDEXING
from rtpy.jobs.plugin_times import PLUGIN_TIMES
from rtpy.jobs.statistics import STATISTICS
from rtpy.jobs.worker import Chore

OWN_CERTIFICATE = Chore("own certificate", 3600.0, look_at_own)


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for the database and for those who watch."""
    return [STATISTICS, INDEXING, PLUGIN_TIMES, OWN_CERTIFICATE]
