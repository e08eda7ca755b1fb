"""Closing and reopening are told also when a ticket comes from a queue with statuses of its own."""

import pytest

from rtpy.changes.lifecycles import create_lifecycle
from rtpy.content.part import Message
from rtpy.mail.occasion import Occasion
from rtpy.models import Transaction
from rtpy.scrips.conditions import close_ticket, reopen_ticket
from rtpy.testing.people import Factory
from rtpy.work import Work

ORDERS = {
    "type": "ticket",
    "initial": ["asked"],
    "active": ["ordered"],
    "inactive": ["delivered"],
    "transitions": {"": ["asked"], "asked": ["ordered"], "ordered": ["delivered"], "delivered": []},
}


@pytest.mark.parametrize(
    ("old", "new", "closes", "opens"),
    [
        ("delivered", "resolved", False, False),
        ("delivered", "open", False, True),
        ("ordered", "resolved", True, False),
        ("ordered", "open", False, False),
    ],
)
def test_a_status_of_the_old_lifecycle_counts_as_what_it_was(
    work: Work, make: Factory, old: str, new: str, closes: bool, opens: bool
) -> None:
    create_lifecycle(work, "orders", definition=ORDERS)
    moved = Transaction(type="Status", field="Status", old_value=old, new_value=new)
    occasion = Occasion(work.as_system(), make.ticket(), moved, Message())
    assert (close_ticket(occasion, "") is None) is closes
    assert (reopen_ticket(occasion, "") is None) is opens
