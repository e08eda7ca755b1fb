"""The plain fields: subject, priority, organisation, estimates."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.ticket.create import one_line
from rtpy.errors import Refused
from rtpy.models import Organization, OrganizationSite, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

PRIORITY_RANGE = (-(2**31), 2**31 - 1)


@dataclass(frozen=True, slots=True)
class SetSubject:
    """Give the ticket another subject."""

    subject: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket, and some text."""
        need(work, ticket, Right.MODIFY_TICKET)
        if not one_line(self.subject):
            raise Refused("The subject is empty: say in a few words what it is about.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        yield from _set(ticket, "subject", "Subject", one_line(self.subject))


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Give the ticket another priority: the higher the number the more urgent."""

    priority: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)
        if not PRIORITY_RANGE[0] <= self.priority <= PRIORITY_RANGE[1]:
            raise Refused("This priority is out of range: take a number such as 0, 50 or 100.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        yield from _set(ticket, "priority", "Priority", self.priority)


@dataclass(frozen=True, slots=True)
class SetEstimate:
    """How many minutes the work will take in all, and how many are left."""

    field: str
    minutes: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket; `field` is TimeEstimated or TimeLeft."""
        need(work, ticket, Right.MODIFY_TICKET)
        if self.field not in _ESTIMATES:
            raise Refused(f"There is no estimate named {self.field}.")
        if not 0 <= self.minutes <= PRIORITY_RANGE[1]:
            raise Refused("An estimate is a number of minutes, 0 or more.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is the same."""
        yield from _set(ticket, _ESTIMATES[self.field], self.field, self.minutes)


@dataclass(frozen=True, slots=True)
class SetOrganization:
    """The client organisation that the ticket belongs to (None: to none), and its site."""

    organization: Organization | None
    site: OrganizationSite | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket; the site must be the organisation's own."""
        need(work, ticket, Right.MODIFY_TICKET)
        owner = self.organization.id if self.organization else None
        if self.site is not None and self.site.organization_id != owner:
            raise Refused(f"The site {self.site.name} belongs to another organisation.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when both are the same."""
        yield from _set(
            ticket, "organization_id", "Organization", self.organization.id if self.organization else None
        )
        yield from _set(ticket, "site_id", "Site", self.site.id if self.site else None)


_ESTIMATES = {"TimeEstimated": "time_estimated", "TimeLeft": "time_left"}


def _set(ticket: Ticket, column: str, field: str, value: str | int | None) -> Iterator[Record]:
    old = getattr(ticket, column)
    if old == value:
        return
    setattr(ticket, column, value)
    yield Record(Transaction(type="Set", field=field, old_value=_text(old), new_value=_text(value)))


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
