"""How notices hang on the hooks: nothing but calls."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.models import User
from rtpy.notices.accounts import tell_account_changed
from rtpy.notices.resets import RESETS, SWEEPING
from rtpy.work import Work


@hookimpl
def rtpy_account_changed(work: Work, user: User, what: str, old: str) -> None:
    """Tell the person by mail."""
    tell_account_changed(work, user, what, old)


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for notices."""
    return [RESETS, SWEEPING]
