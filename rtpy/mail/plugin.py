"""How mail hangs on the hooks: the worker's chores."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.identity.login_history import forget_logins
from rtpy.identity.rates import forget_rates
from rtpy.jobs.worker import Chore
from rtpy.mail.delivery import deliver_due
from rtpy.mail.digest import write_digests
from rtpy.mail.intake import INTAKE

LOGINS = Chore("history of logins", 3600.0, forget_logins)


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for mail."""
    return [
        INTAKE,
        Chore("outbox", 1.0, deliver_due),
        Chore("digests", 30.0, write_digests),
        Chore("rates", 60.0, forget_rates),
        LOGINS,
    ]
