"""How work by the clock hangs on the hooks: kinds of actions, reminders that follow their ticket, chores."""

from collections.abc import Mapping

from rtpy.changes.ticket.reminders import move_reminders
from rtpy.content.part import Message
from rtpy.hookspecs import hookimpl
from rtpy.models import Ticket, Transaction
from rtpy.scrips.family import FAMILY
from rtpy.scrips.kinds import ActionKind
from rtpy.work import Work


@hookimpl
def rtpy_actions() -> Mapping[str, ActionKind]:
    """Actions about parents and children."""
    return FAMILY


@hookimpl
def rtpy_transaction_recorded(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """A ticket that moves takes its reminders along."""
    if transaction.type == "Set" and transaction.field == "Queue" and ticket.type == "ticket":
        move_reminders(work, ticket)
