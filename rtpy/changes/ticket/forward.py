"""Forwarding a message, or all that customers may see of a ticket, to somebody outside of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.content.part import Message
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class Forward:
    """Forward to the one-time recipients of `message`; the mail itself is sent by the scrip with SendForward.

    `transaction` None: the whole ticket. What is recorded is for the staff only.
    """

    message: Message
    transaction: Transaction | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ForwardMessage; comments cannot be forwarded."""
        need(work, ticket, Right.FORWARD_MESSAGE)
        addresses = (*self.message.one_time_cc, *self.message.one_time_bcc)
        if not addresses:
            raise Refused("Nobody would get it: write at least one address.")
        if len(addresses) > MOST_ADDRESSES:
            raise Refused(f"These are more than {MOST_ADDRESSES} addresses: forward it to fewer.")
        if self.transaction is not None and self.transaction.type not in ("Create", "Correspond"):
            raise Refused("Only requests and replies can be forwarded: comments stay among the staff.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RT: type Forward Transaction or Forward Ticket, the number in the field and the addresses in the data."""
        one = self.transaction
        told = ", ".join((*self.message.one_time_cc, *self.message.one_time_bcc))
        yield Record(
            Transaction(
                type="Forward Transaction" if one is not None else "Forward Ticket",
                field=str(one.id if one is not None else ticket.id),
                data=told,
            ),
            self.message,
        )
