"""A new ticket: a document becomes what the pipeline makes."""

from collections.abc import Mapping
from typing import Any

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.create import CreateTicket, one_line
from rtpy.changes.ticket.people import check_watcher
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Refused
from rtpy.models import Queue, Ticket, User
from rtpy.models.watcher import REQUESTOR
from rtpy.rest.customers import is_staff
from rtpy.rest.field_values import leave_out_unfit, read_fields
from rtpy.rest.files import NO_UPLOADS, ON_CREATE, Uploads
from rtpy.rest.link_targets import LINK_FIELDS, not_resolved, read_new_links
from rtpy.rest.naming import find_queue
from rtpy.rest.people import find_one_user, read_people
from rtpy.rest.refusals import is_about_rights
from rtpy.rest2.plain_values import read_number, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.tickets.columns import HIDDEN, moment_in, name_in, organization_in, priority_in, site_in
from rtpy.rest2.tickets.said import read_message
from rtpy.rest2.tickets.update import CUSTOM_ROLE, SHOWN
from rtpy.rest2.unknown import refuse_unknown
from rtpy.rights.names import Right
from rtpy.work import Work

Document = Mapping[str, Any]  # Any: JSON
TYPES = ("ticket", "reminder")
USUAL = frozenset({("Owner", "nobody"), ("Type", "ticket")})
"""What is so anyway."""
MOST_MINUTES = 2**31 - 1

KNOWN = frozenset(
    {
        "Queue", "Subject", "Status", "Owner", "Requestor", "Cc", "AdminCc", "Priority", "InitialPriority",
        "FinalPriority", "TimeEstimated", "TimeWorked", "TimeLeft", "Starts", "Started", "Due", "Resolved", "SLA",
        "Type", "Description", "Organization", "Site", "CustomFields", "CustomRoles", "Content", "ContentType",
        "Attachments", *LINK_FIELDS,
    }
)  # fmt: skip


def make_ticket(work: Work, document: Document, uploads: Uploads = NO_UPLOADS) -> Ticket:
    """Make it. Raises Problem with RT's status and words, and Invalid."""
    queue = _queue(work, document)
    refuse_unknown(
        document, {*KNOWN, *(each for each in document if each.startswith(CUSTOM_ROLE))}, tolerated=SHOWN
    )
    _refuse_hidden(work, document)
    create = _read(work, queue, document, uploads)
    try:
        return create_ticket(work, create).ticket
    except Refused as refused:
        text = str(refused)
        if text.startswith(("There is no ticket", "There is no a", "“")):
            target = next((target for _, target in create.links if target in text), create.links[0][1])
            raise Problem(400, not_resolved(target)) from None
        raise Problem(403 if is_about_rights(refused) else 400, text) from None


def _refuse_hidden(work: Work, document: Document) -> None:
    """What customers do not read of a ticket they do not write: whose it is, how urgent, how long it took."""
    if is_staff(work):
        return
    names = [
        name for name in (*sorted(HIDDEN), "AdminCc", "CustomRoles", "Owner", "Type") if document.get(name)
    ]
    names += [name for name in document if name.startswith(CUSTOM_ROLE)]
    wrong = [
        name for name in names if (name, str(document[name]).lower()) not in USUAL and document[name] != "0"
    ]
    if wrong:
        raise Problem(403, f"You may not set {', '.join(wrong)[:300]}.")


def _queue(work: Work, document: Document) -> Queue:
    value = document.get("Queue")
    if value is None or value == "":
        raise Problem(400, "Could not create ticket. Queue not set")
    name = name_in(value)
    queue = find_queue(work.db, name) if name else None
    if queue is None or queue.disabled or not may_in_queue(work, queue, Right.CREATE_TICKET):
        raise Problem(403, f"No permission to create tickets in the queue '{name[:200]}'")
    return queue


def _begun_with(queue: Queue, given: int | None) -> int:
    """RT's rule for programs: where nothing is said it is the queue's, whatever the priority is."""
    return queue.initial_priority if given is None else given


def _read(work: Work, queue: Queue, document: Document, uploads: Uploads) -> CreateTicket:
    subject = one_line(read_text("Subject", document.get("Subject")))
    requestors = _requestors(work, document)
    mine = any(user.id == work.actor.user_id for user in requestors)
    fields = read_fields(
        work,
        Lookup.TICKET,
        queue.id,
        document.get("CustomFields"),
        roles=frozenset({REQUESTOR}) if mine else frozenset(),
        uploads=uploads.files,
        creating=True,
    )
    if fields.problems:
        raise Problem(400, fields.problems[0])
    organization = organization_in(work, document.get("Organization"))
    site = site_in(work, organization.id if organization else None, document.get("Site"))
    return CreateTicket(
        queue=queue,
        subject=subject,
        message=read_message(document, uploads, subject=subject, missing=ON_CREATE),
        requestors=requestors,
        cc=_watchers(work, document.get("Cc")),
        admin_cc=_watchers(work, document.get("AdminCc")),
        roles=_custom_roles(work, queue, document),
        owner=find_one_user(work, document.get("Owner")),
        status=_status(work, queue, document),
        priority=_priority(queue, document, "Priority", "InitialPriority"),
        initial_priority=_begun_with(queue, _priority(queue, document, "InitialPriority")),
        final_priority=_priority(queue, document, "FinalPriority"),
        due=_moment(document, "Due"),
        starts=_moment(document, "Starts"),
        started=_moment(document, "Started"),
        resolved=_moment(document, "Resolved"),
        time_taken=_minutes(document, "TimeWorked"),
        time_estimated=_minutes(document, "TimeEstimated"),
        time_left=_minutes(document, "TimeLeft"),
        organization_id=organization.id if organization else None,
        site_id=site.id if site else None,
        description=read_text("Description", document.get("Description")),
        sla=read_text("SLA", document.get("SLA")),
        type=_type(document),
        links=tuple((each.name, each.target) for each in read_new_links(document)),
        fields=leave_out_unfit(fields),
    )


def _status(work: Work, queue: Queue, document: Document) -> str:
    status = read_text("Status", document.get("Status"))
    life = work.app.lifecycles.get(queue.lifecycle)
    if status and not (life.is_valid(status) and life.may_create(status)):
        raise Problem(400, f"Status '{status[:60]}' isn't a valid status for tickets in this queue.")
    return status


def _type(document: Document) -> str:
    kind = read_text("Type", document.get("Type")).lower() or TYPES[0]
    if kind not in TYPES:
        raise Problem(400, f"Type must be one of {', '.join(TYPES)}")
    return kind


def _priority(queue: Queue, document: Document, *names: str) -> int | None:
    for name in names:
        if document.get(name) not in (None, ""):
            number = priority_in(name, document[name], queue.priority_labels)
            if abs(number) > MOST_MINUTES:
                raise Problem(400, f"{name} is out of range")
            return number
    return None


def _moment(document: Document, name: str) -> Any:
    return None if document.get(name) is None else moment_in(name, document[name])


def _minutes(document: Document, name: str) -> int:
    found = read_number(name, document.get(name))
    if not 0 <= found <= MOST_MINUTES:
        raise Problem(400, f"{name} is a number of minutes, 0 or more")
    return found


def _requestors(work: Work, document: Document) -> tuple[User, ...]:
    """Who cannot be read, or cannot be one, is left out, as in RT."""
    found = (work.db.get(User, each) for each in _watchers(work, document.get(REQUESTOR), groups=False))
    return tuple(user for user in found if user is not None)


def _watchers(work: Work, value: Any, *, groups: bool = True) -> tuple[int, ...]:
    return tuple(each for each in read_people(work, value, make=True).ids if _fits(work, each, groups=groups))


def _fits(work: Work, principal_id: int, *, groups: bool) -> bool:
    try:
        check_watcher(work, principal_id, groups=groups)
    except Refused:
        return False
    return True


def _custom_roles(work: Work, queue: Queue, document: Document) -> tuple[tuple[str, int], ...]:
    """Roles that the queue does not have are passed over, as in RT."""
    known = {each.role: each for each in roles_of(work.app, work.db).in_queue(queue.id)}
    given = document.get("CustomRoles") or {}
    if not isinstance(given, Mapping):
        raise Problem(400, "CustomRoles must be an object of names and people")

    def find(name: str) -> str:
        folded = name.lower()
        return next((role for role, each in known.items() if folded in (each.name.lower(), str(each.id))), "")

    values = {find(str(name)): value for name, value in given.items()}
    values |= {
        name.removeprefix("RT::"): value for name, value in document.items() if name.startswith(CUSTOM_ROLE)
    }
    found: list[tuple[str, int]] = []
    for role, value in values.items():
        if role in known:
            ids = _watchers(work, value, groups=not known[role].is_single)
            found += [(role, each) for each in (ids[:1] if known[role].is_single else ids)]
    return tuple(found)
