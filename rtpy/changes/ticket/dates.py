"""The dates that people set: starts, started, due, told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

COLUMNS = {"Starts": "starts", "Started": "started", "Due": "due", "Told": "told"}


@dataclass(frozen=True, slots=True)
class SetDate:
    """Set one date, or clear it with None. `field` is Starts, Started, Due or Told."""

    field: str
    at: datetime | None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)
        if self.field not in COLUMNS:
            raise Refused(f"There is no date named {self.field}.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        column = COLUMNS[self.field]
        old = getattr(ticket, column)
        if old == self.at:
            return
        setattr(ticket, column, self.at)
        kind = "Told" if self.field == "Told" else "Set"
        yield Record(Transaction(type=kind, field=self.field, old_value=_iso(old), new_value=_iso(self.at)))


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")
