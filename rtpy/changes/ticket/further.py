"""Fields that pages do not offer but programs set: description, level of service, first and last priority."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.ticket.basics import PRIORITY_RANGE
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

TEXTS = {"Description": ("description", 1_000_000), "SLA": ("sla", 64)}
PRIORITIES = {"InitialPriority": "initial_priority", "FinalPriority": "final_priority"}
SAID = 200
"""Characters of a text that history repeats."""


@dataclass(frozen=True, slots=True)
class SetText:
    """Write the Description (HTML, shown sanitised) or the name of the SLA."""

    field: str
    text: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)
        if self.field not in TEXTS:
            raise Refused(f"There is no text named {self.field}.")
        if len(self.text) > TEXTS[self.field][1]:
            raise Refused(f"{self.field} takes at most {TEXTS[self.field][1]:,} characters.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        column, text = TEXTS[self.field][0], self.text.replace("\x00", "")
        old = getattr(ticket, column)
        if old != text:
            setattr(ticket, column, text)
            yield Record(
                Transaction(type="Set", field=self.field, old_value=_short(old), new_value=_short(text))
            )


@dataclass(frozen=True, slots=True)
class SetPriorityBound:
    """The priority that a ticket began with, or that it is to have at its due date."""

    field: str
    priority: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket; `field` is InitialPriority or FinalPriority."""
        need(work, ticket, Right.MODIFY_TICKET)
        if self.field not in PRIORITIES:
            raise Refused(f"There is no priority named {self.field}.")
        if not PRIORITY_RANGE[0] <= self.priority <= PRIORITY_RANGE[1]:
            raise Refused("This priority is out of range: take a number such as 0, 50 or 100.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        column = PRIORITIES[self.field]
        old = getattr(ticket, column)
        if old != self.priority:
            setattr(ticket, column, self.priority)
            yield Record(
                Transaction(type="Set", field=self.field, old_value=str(old), new_value=str(self.priority))
            )


def _short(text: str) -> str:
    return text if len(text) <= SAID else f"{text[: SAID - 1]}…"
