"""Time worked that comes with no message."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class AddTime:
    """Book minutes of the actor's work on a day (None: today, in UTC); negative ones take back."""

    minutes: int
    day: date | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket; the sum never falls below zero."""
        need(work, ticket, Right.MODIFY_TICKET)
        if self.minutes == 0 or abs(self.minutes) > 24 * 60:
            raise Refused("Minutes worked must be between 1 and 1440: split the work over several entries.")
        if ticket.time_worked + self.minutes < 0:
            raise Refused(f"Only {ticket.time_worked} minutes are booked on ticket #{ticket.id}.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RT: a Set of TimeWorked whose time taken is the difference."""
        old = ticket.time_worked
        ticket.time_worked = old + self.minutes
        yield Record(
            Transaction(
                type="Set",
                field="TimeWorked",
                old_value=str(old),
                new_value=str(ticket.time_worked),
                time_taken=self.minutes,
                time_worked_date=self.day,
            )
        )
