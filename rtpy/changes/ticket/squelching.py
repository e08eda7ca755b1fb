"""Squelching: an address that gets no mail of this ticket, whatever role it plays there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Squelch, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SquelchAddress:
    """No mail of this ticket goes to `address` any more."""

    address: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)
        if "@" not in self.address.strip("@ ") or len(self.address) > 320:
            raise Refused(f"“{self.address[:80]}” is not a mail address: write name@example.com.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it gets none already."""
        folded = self.address.strip().lower()
        if _row(work, ticket, folded) is None:
            work.db.add(Squelch(ticket_id=ticket.id, address=folded))
            yield Record(Transaction(type="Squelch", field="Mail", new_value=folded))


@dataclass(frozen=True, slots=True)
class UnsquelchAddress:
    """Mail of this ticket goes to `address` again."""

    address: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it gets mail already."""
        folded = self.address.strip().lower()
        row = _row(work, ticket, folded)
        if row is not None:
            work.db.delete(row)
            yield Record(Transaction(type="Unsquelch", field="Mail", old_value=folded))


def _row(work: Work, ticket: Ticket, folded: str) -> Squelch | None:
    return work.db.scalar(select(Squelch).where(Squelch.ticket_id == ticket.id, Squelch.address == folded))
