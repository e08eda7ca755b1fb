"""Columns of a ticket in an update: each value read into the change that it asks for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.allowed import knows_queue
from rtpy.changes.change import Change
from rtpy.changes.ticket.basics import SetEstimate, SetOrganization, SetPriority, SetSubject
from rtpy.changes.ticket.dates import COLUMNS as DATES
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.further import SetPriorityBound, SetText
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.priorities import read_priority
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.models import Organization, OrganizationSite, Queue, Ticket
from rtpy.rest.customers import is_staff
from rtpy.rest.moments import read_moment
from rtpy.rest.naming import find_queue, read_number
from rtpy.rest.people import find_one_user
from rtpy.rest.refusals import PERMISSION_DENIED, is_about_rights, refusal
from rtpy.rest2.plain_values import read_number as read_whole
from rtpy.rest2.plain_values import read_text
from rtpy.rest2.tickets.steps import Step, label_of_ticket
from rtpy.search.columns.page import labels_in
from rtpy.work import Work

# Values are what JSON says: Any.


def column_steps(work: Work, ticket: Ticket, document: Mapping[str, Any]) -> Iterator[Step]:
    """The steps for the columns in a document, by the names of columns, as RT goes through them."""
    prefix = f"{label_of_ticket(ticket.id)}: "
    for name in sorted(COLUMNS):
        if name in document and document[name] is not None:
            if name in HIDDEN and not is_staff(work):  # not even whether it is that already
                yield Step(text=f"{prefix}{PERMISSION_DENIED}")
                continue
            try:
                step = COLUMNS[name](work, ticket, document)
            except Invalid as invalid:
                step = Step(text=str(invalid))
            if step is not None:
                yield Step(step.change, step.text, prefix, step.failed)


def queue_named(work: Work, value: Any) -> Queue | None:
    """The queue of that number, name or reference, if the caller may know of it."""
    text = name_in(value)
    queue = find_queue(work.db, text) if text else None
    return queue if queue is not None and knows_queue(work, queue) else None


def name_in(value: Any) -> str:
    """The name or number in a value that is one of them, or a reference. Raises Invalid."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(Problem("name", "A name or a number is needed"))
    return str(value).replace("\x00", "").strip()


def priority_in(name: str, value: Any, labels_text: str) -> int:
    """A priority as a number or in the words of the queue. Raises Invalid."""
    if isinstance(value, str):
        found = read_priority(value, labels_in(labels_text))
        if found is not None:
            return found
    return read_whole(name, value)


def moment_in(name: str, value: Any) -> Any:
    """A date, None to clear it. Raises Invalid."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(Problem(name, f"{name} must be a date such as 2031-02-03 04:05:06"))
    return read_moment(str(value).replace("\x00", ""))


def organization_in(work: Work, value: Any) -> Organization | None:
    """The client organisation of that name or number; None for an empty value. Raises Invalid."""
    if value in (None, ""):
        return None
    text = name_in(value)
    number = read_number(text)
    found = work.db.get(Organization, number) if number is not None else None
    if found is None:
        named = select(Organization).where(func.lower(Organization.name) == text.lower()).limit(1)
        found = work.db.scalar(named)
    if found is None:
        raise Invalid(Problem("Organization", f"Organization {text[:80]} does not exist"))
    return found


def site_in(work: Work, organization_id: int | None, value: Any) -> OrganizationSite | None:
    """The site of the organisation. Raises Invalid."""
    if value in (None, ""):
        return None
    text = name_in(value)
    number = read_number(text)
    sites = work.db.scalars(
        select(OrganizationSite).where(OrganizationSite.organization_id == (organization_id or 0))
    )
    found = next((each for each in sites if each.name.lower() == text.lower() or each.id == number), None)
    if found is None:
        raise Invalid(Problem("Site", f"Site {text[:80]} does not exist in this organization"))
    return found


Document = Mapping[str, Any]
Read = Callable[[Work, Ticket, Document], Step | None]


def _text(field: str, attribute: str) -> Read:
    def read(_work: Work, ticket: Ticket, document: Document) -> Step | None:
        text = read_text(field, document[field])
        return _unless(getattr(ticket, attribute) == text, SetText(field, text))

    return read


def _date(field: str) -> Read:
    def read(_work: Work, ticket: Ticket, document: Document) -> Step | None:
        at = moment_in(field, document[field])
        present = getattr(ticket, DATES[field])
        return _unless(present == at, SetDate(field, at))

    return read


def _bound(field: str, attribute: str) -> Read:
    def read(_work: Work, ticket: Ticket, document: Document) -> Step | None:
        number = priority_in(field, document[field], ticket.queue.priority_labels)
        return _unless(getattr(ticket, attribute) == number, SetPriorityBound(field, number))

    return read


def _estimate(field: str, attribute: str) -> Read:
    def read(_work: Work, ticket: Ticket, document: Document) -> Step | None:
        minutes = read_whole(field, document[field])
        return _unless(getattr(ticket, attribute) == minutes, SetEstimate(field, minutes))

    return read


def _unless(is_same: bool, change: Change, failed: Callable[[RtpyError], str] = refusal) -> Step | None:
    return None if is_same else Step(change, failed=failed)


def _subject(_work: Work, ticket: Ticket, document: Document) -> Step | None:
    text = read_text("Subject", document["Subject"])
    return _unless(ticket.subject == text, SetSubject(text))


def _priority(_work: Work, ticket: Ticket, document: Document) -> Step | None:
    number = priority_in("Priority", document["Priority"], ticket.queue.priority_labels)
    return _unless(ticket.priority == number, SetPriority(number))


def _worked(_work: Work, ticket: Ticket, document: Document) -> Step | None:
    minutes = read_whole("TimeWorked", document["TimeWorked"])
    return _unless(ticket.time_worked == minutes, AddTime(minutes - ticket.time_worked))


def _status(work: Work, ticket: Ticket, document: Document) -> Step | None:
    return status_step(work, ticket, read_text("Status", document["Status"]))


def status_step(work: Work, ticket: Ticket, status: str) -> Step:
    """The move to a status, in RT's words where it cannot be made; nothing happens when the ticket is there then."""

    def failed(problem: RtpyError) -> str:
        life = work.app.lifecycles.get(ticket.queue.lifecycle)
        if not life.is_valid(status):
            return f"Status '{status[:60]}' isn't a valid status for this ticket."
        if status.lower() not in {move.new for move in life.moves_from(ticket.status)}:
            return f"You can't change status from '{ticket.status}' to '{status[:60]}'."
        return refusal(problem)

    return Step(SetStatus(status), failed=failed)


def _queue(work: Work, ticket: Ticket, document: Document) -> Step | None:
    queue = queue_named(work, document["Queue"])
    if queue is None:
        return Step(text=f"Queue {name_in(document['Queue'])[:80]} does not exist")
    return _unless(queue.id == ticket.queue_id, SetQueue(queue))


def _owner(work: Work, ticket: Ticket, document: Document) -> Step | None:
    value = document["Owner"] if document["Owner"] not in ("", []) else "Nobody"
    owner = find_one_user(work, value)
    if not is_staff(work) and (owner is None or owner.id not in (work.actor.user_id, ticket.owner_id)):
        return Step(text=PERMISSION_DENIED)
    if owner is None:
        return Step(text="That user does not exist")

    def failed(problem: RtpyError) -> str:
        if is_about_rights(problem):
            return refusal(problem)
        return (
            "That user may not own tickets in that queue" if "may not own" in str(problem) else str(problem)
        )

    return _unless(owner.id == ticket.owner_id, SetOwner(owner), failed)


def _organization(work: Work, ticket: Ticket, document: Document) -> Step | None:
    organization = organization_in(work, document["Organization"])
    number = organization.id if organization else None
    site = site_in(work, number, document.get("Site"))
    same = (ticket.organization_id, ticket.site_id) == (number, site.id if site else None)
    return _unless(same, SetOrganization(organization, site))


def _site(work: Work, ticket: Ticket, document: Document) -> Step | None:
    if "Organization" in document:
        return None
    organization = work.db.get(Organization, ticket.organization_id) if ticket.organization_id else None
    site = site_in(work, ticket.organization_id, document["Site"])
    return _unless(ticket.site_id == (site.id if site else None), SetOrganization(organization, site))


def _type(_work: Work, ticket: Ticket, document: Document) -> Step | None:
    return None if document["Type"] == ticket.type else Step(text="Type cannot be changed")


def _resolved(_work: Work, ticket: Ticket, document: Document) -> Step | None:
    same = moment_in("Resolved", document["Resolved"]) == ticket.resolved
    return None if same else Step(text="Resolved goes with the status and cannot be set")


HIDDEN = frozenset(
    "Description FinalPriority InitialPriority Organization Priority SLA Site TimeEstimated TimeLeft TimeWorked".split()
)
"""What customers do not write: most of it they do not read either."""
COLUMNS: Mapping[str, Read] = {
    "Description": _text("Description", "description"),
    "FinalPriority": _bound("FinalPriority", "final_priority"),
    "InitialPriority": _bound("InitialPriority", "initial_priority"),
    "Organization": _organization,
    "Owner": _owner,
    "Priority": _priority,
    "Queue": _queue,
    "Resolved": _resolved,
    "SLA": _text("SLA", "sla"),
    "Site": _site,
    "Status": _status,
    "Subject": _subject,
    "TimeEstimated": _estimate("TimeEstimated", "time_estimated"),
    "TimeLeft": _estimate("TimeLeft", "time_left"),
    "TimeWorked": _worked,
    "Type": _type,
    **{field: _date(field) for field in DATES},
}
"""Every column that an update may name."""
