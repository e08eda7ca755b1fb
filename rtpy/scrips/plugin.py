"""How the scrip engine hangs on the hooks of the change pipeline: nothing but calls."""

from collections.abc import Mapping, Sequence

from rtpy.content.part import Message
from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket, Transaction
from rtpy.scrips.actions import ACTIONS
from rtpy.scrips.conditions import CONDITIONS
from rtpy.scrips.counts import CHORE as COUNTS
from rtpy.scrips.engine import run_for_batch, run_for_transaction
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.work import Work


@hookimpl
def rtpy_conditions() -> Mapping[str, ConditionKind]:
    """The conditions that come with rtpy."""
    return CONDITIONS


@hookimpl
def rtpy_actions() -> Mapping[str, ActionKind]:
    """The actions that come with rtpy."""
    return ACTIONS


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """Adds up what scrips did."""
    return [COUNTS]


@hookimpl
def rtpy_transaction_recorded(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """Run the scrips of the stage `create`."""
    run_for_transaction(work, ticket, transaction, message)


@hookimpl
def rtpy_batch_recorded(work: Work, ticket: Ticket, transactions: tuple[Transaction, ...]) -> None:
    """Run the scrips of the stage `batch`."""
    run_for_batch(work, ticket, transactions)
