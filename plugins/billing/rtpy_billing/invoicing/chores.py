"""What the worker does for invoicing."""

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy_billing.invoicing.approval import approve_at_once
from rtpy_billing.invoicing.delivering import FAILURES
from rtpy_billing.invoicing.runs import RUNS


def approve_waiting(app: App) -> int:
    """One round: entries whose agreements ask nobody."""
    with app.work() as work:
        return approve_at_once(work)


CHORES = (Chore("billing approvals", 30.0, approve_waiting), RUNS, FAILURES)
