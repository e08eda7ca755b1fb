"""The protocol of a change, what it yields and what a bundle of changes returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from rtpy.changes.customfields.creating import FirstValues
from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.models import Ticket, Transaction
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Record:
    """A transaction to be recorded, what was said with it, and on which ticket when it is not the changed one.

    `by_system`: it follows from what the actor did, and the system is its author.
    """

    transaction: Transaction
    message: Message | None = None
    ticket: Ticket | None = None
    by_system: bool = False
    fields: FirstValues | None = None
    """Custom fields of the transaction itself."""


class Change(Protocol):
    """One thing that happens to a ticket: a small frozen value that checks and applies itself."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Raises Refused when the actor may not, or when it makes no sense now. Changes nothing."""
        ...

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Change the row and yield what is to be recorded, each after its effect."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bundle did: the ticket, its own transactions in order, and sentences for the actor."""

    ticket: Ticket
    transactions: tuple[Transaction, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one of several changes that do not depend on each other: its transactions, or why it failed."""

    change: Change
    transactions: tuple[Transaction, ...] = ()
    problem: RtpyError | None = None
