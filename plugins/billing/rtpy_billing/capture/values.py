"""What is said about a stretch of work before it is an entry, and what came of saying it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy_billing.models import WorkEntry

DRAFT, SUBMITTED, CHECKED, APPROVED, INVOICED = "draft", "submitted", "checked", "approved", "invoiced"
OPEN_STATES = (DRAFT, SUBMITTED, CHECKED)
"""States in which nobody has decided yet what is charged."""
MODES = {
    "": "as agreed",
    "billable": "billable",
    "no_charge": "no charge, shown to the customer",
    "hidden": "hidden, internal",
    "undecided": "undecided",
}
"""What somebody may choose for an entry, with its words; empty: what follows from ticket, agreement and work type."""
LONGEST_DAY = 24 * 60
"""Minutes of one entry at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One stretch of work as somebody gives it. Whole minutes in `seconds`; instants are aware.

    `organization_id` counts for work on no ticket only: a ticket says itself whose it is.
    """

    worked_by_id: int
    worked_on: date
    seconds: int
    ticket: Ticket | None = None
    organization_id: int | None = None
    started: datetime | None = None
    ended: datetime | None = None
    zone: str = "UTC"
    work_type_id: int | None = None
    role_id: int | None = None
    charge_mode: str | None = None
    charge_reason: str = ""
    note_internal: str = ""
    note_customer: str = ""
    source: str = "form"
    evidence: dict[str, Any] | None = None

    @property
    def minutes(self) -> int:
        """What the ticket is booked."""
        return minutes_of(self.seconds)


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry, with sentences for who logged it."""

    entry: WorkEntry
    remarks: tuple[str, ...] = ()


def minutes_of(seconds: int) -> int:
    """Whole minutes. Raises Refused for seconds that are none: work on tickets is booked in whole minutes."""
    if seconds % 60:
        raise Refused("Work is booked in whole minutes.")
    return seconds // 60


def whole_minutes(seconds: int) -> int:
    """Seconds of a clock as whole minutes, half up, at least one for any: what a timer's time is booked as."""
    return max(1, (seconds + 30) // 60) if seconds > 0 else 0
