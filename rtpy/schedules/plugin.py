"""How work by the clock hangs on the hooks: kinds of actions, reminders that follow their ticket, chores."""

from collections.abc import Mapping, Sequence

from rtpy.changes.ticket.reminders import move_reminders
from rtpy.content.part import Message
from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket, Transaction
from rtpy.schedules.kinds import ACTIONS, CONDITIONS
from rtpy.schedules.recurring import RECURRING
from rtpy.schedules.running import SCHEDULES
from rtpy.scrips.family import FAMILY
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.work import Work


@hookimpl
def rtpy_actions() -> Mapping[str, ActionKind]:
    """Actions about parents, children and reminders."""
    return {**FAMILY, **ACTIONS}


@hookimpl
def rtpy_conditions() -> Mapping[str, ConditionKind]:
    """Conditions about time."""
    return CONDITIONS


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does when its time has come."""
    return [RECURRING, SCHEDULES]


@hookimpl
def rtpy_transaction_recorded(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """A ticket that moves takes its reminders along."""
    if transaction.type == "Set" and transaction.field == "Queue" and ticket.type == "ticket":
        move_reminders(work, ticket)
