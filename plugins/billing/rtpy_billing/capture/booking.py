"""Booking the minutes of entries on their tickets, so that a ticket's time worked is the sum of its entries.

A booking is RT's: a Set of TimeWorked whose time taken is the difference. Its data names the entry, which tells the
hook in `recorded` that it has one already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.models import WorkEntry

MARK = "work entry "


@dataclass(frozen=True, slots=True)
class BookEntry:
    """Book minutes of an entry on its ticket; negative ones take back."""

    entry_id: int
    minutes: int
    worker_id: int
    day: date

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs a right to write to the ticket; the sum never falls below zero."""
        need_to_book(work, ticket)
        if ticket.time_worked + self.minutes < 0:
            raise Refused(f"Only {ticket.time_worked} minutes are booked on ticket #{ticket.id}.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The difference, by who worked and on their day."""
        yield book(ticket, self.entry_id, self.minutes, self.worker_id, self.day)


def need_to_book(work: Work, ticket: Ticket) -> None:
    """Raises Refused unless the actor may say something on the ticket: who may, books time with it anyway."""
    need(work, ticket, Right.COMMENT_ON_TICKET, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)


def book(ticket: Ticket, entry_id: int, minutes: int, worker_id: int, day: date) -> Record:
    """Change the ticket's sum; the record of it."""
    old = ticket.time_worked
    ticket.time_worked = old + minutes
    return Record(
        Transaction(
            type="Set",
            field="TimeWorked",
            old_value=str(old),
            new_value=str(ticket.time_worked),
            data=f"{MARK}{entry_id}",
            time_taken=minutes,
            time_worker_id=worker_id,
            time_worked_date=day,
        )
    )


def is_booked_by_entry(transaction: Transaction) -> bool:
    """Was it written by the functions here?"""
    return transaction.field == "TimeWorked" and transaction.data.startswith(MARK)


def book_entry(work: Work, ticket: Ticket, entry: WorkEntry, minutes: int) -> None:
    """Book minutes of an entry, which has its id, through the pipeline. Raises Refused."""
    if not minutes:
        return
    change = BookEntry(entry.id, minutes, entry.worked_by_id, entry.worked_on)
    (transaction,) = change_ticket(work, ticket, change).transactions
    entry.transaction_id = transaction.id
