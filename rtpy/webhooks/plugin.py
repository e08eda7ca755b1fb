"""How webhooks hang on the hooks: nothing but calls."""

from collections.abc import Sequence

from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket, Transaction
from rtpy.webhooks.delivering import DELIVERING
from rtpy.webhooks.recording import note_events
from rtpy.webhooks.sweeping import SWEEPING
from rtpy.work import Work


@hookimpl
def rtpy_batch_recorded(work: Work, ticket: Ticket, transactions: tuple[Transaction, ...]) -> None:
    """Note the events for whoever is to be told."""
    note_events(work, ticket, transactions)


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for webhooks."""
    return [DELIVERING, SWEEPING]
