"""Reading what somebody gave, names with values, as changes of a ticket; every face reads with this.

What is wrong is said all at once, each problem under the name of its field. People are made only when all is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from rtpy.changes.change import Change
from rtpy.changes.people import find_person, system_groups
from rtpy.changes.reader import Reader, address_of
from rtpy.changes.ticket.basics import SetOrganization, SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import SetOwner, Steal, Take, Untake
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Invalid, Problem
from rtpy.models import GroupClosure, Organization, OrganizationSite, Ticket
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work

DEEDS: Mapping[str, type[Take | Steal | Untake]] = {"take": Take, "steal": Steal, "untake": Untake}
"""Buttons that need no value."""

DATES = {"due": "Due", "starts": "Starts", "started": "Started", "told": "Told"}


def read_changes(
    work: Work, ticket: Ticket, values: Mapping[str, str], *, zone: tzinfo = UTC
) -> tuple[Change, ...]:
    """The changes that these fields ask for; a field that is not there changes nothing.

    Fields: `action` (take, steal, untake), subject, status, owner, priority, queue, due, starts, started, told,
    organization with site, minutes, and the texts reply and comment. Raises Invalid; whether the changes are allowed
    they say themselves.
    """
    reader = Reader(work, values, zone)
    changes: list[Change] = []
    if deed := DEEDS.get(reader.word("action")):
        changes.append(deed())
    if "queue" in reader and (queue := reader.queue()):
        changes.append(SetQueue(queue))
    if "subject" in reader:
        changes.append(SetSubject(reader.subject()))
    if "owner" in reader and (owner := reader.user("owner")) and owner.id != ticket.owner_id:
        changes.append(SetOwner(owner))
    if "priority" in reader:
        priority = reader.number("priority", "The priority", -1000, 1000)
        if priority is not None:
            changes.append(SetPriority(priority))
    changes += [SetDate(field, reader.moment(name)) for name, field in DATES.items() if name in reader]
    if "organization" in reader:
        changes.append(_organization(reader))
    minutes = reader.minutes()
    for name, speak in (("reply", Correspond), ("comment", Comment)):
        if reader.text(name).strip():
            changes.append(speak(read_message(reader.text(name)), minutes))
            minutes = 0
    if minutes:
        changes.append(AddTime(minutes))
    if status := reader.word("status"):
        changes.append(SetStatus(status))
    reader.done()
    return tuple(changes)


def read_answer(
    work: Work,
    kind: str,
    values: Mapping[str, str],
    files: tuple[Part, ...] = (),
    *,
    spared: Sequence[str] = (),
) -> tuple[Change, ...]:
    """A reply (`kind` is reply) or an internal comment, and the status to set with it.

    Fields: text, minutes, status, cc and bcc: addresses that get this one message, and outsiders: ticked when a
    comment may go to such of them as are no staff. `spared` are addresses that get none of it.
    """
    reader = Reader(work, values)
    minutes = reader.minutes()
    named = read_one_time(reader, kind)
    along = _asked_along(reader)
    reader.done()
    message = replace(
        read_message(reader.text("text"), files),
        one_time_cc=named.cc,
        one_time_bcc=named.bcc,
        outsiders=named.outsiders,
        squelch=tuple(spared),
    )
    said: Change = Correspond(message, minutes) if kind == "reply" else Comment(message, minutes)
    status = reader.word("status")
    return (said, *along, SetStatus(status)) if status else (said,)


def _asked_along(reader: Reader) -> tuple[Change, ...]:
    """What a move asked for and its form gave: owner, due, starts, organization."""
    found: list[Change] = []
    if owner := reader.user("owner"):
        found.append(SetOwner(owner))
    for name in ("due", "starts"):
        if at := reader.moment(name):
            found.append(SetDate(DATES[name], at))
    if reader.word("organization"):
        found.append(_organization(reader))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class OneTime:
    """Who gets one message and nothing more; `outsiders` are those of a comment who are no staff."""

    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()


def read_one_time(reader: Reader, kind: str) -> OneTime:
    """The fields cc and bcc of a reply or comment. A comment goes to who is no staff only with `outsiders` ticked."""
    work = reader.work
    cc, bcc = (
        tuple(address_of(work, each) for each in reader.people(name, ours=False)) for name in ("cc", "bcc")
    )
    if kind == "reply" or not (cc or bcc):
        return OneTime(cc, bcc)
    outsiders = {address for address in (*cc, *bcc) if not _is_staff(work, address)}
    if outsiders and reader.word("outsiders") != "1":
        names = ", ".join(sorted(outsiders))
        field = "cc" if outsiders & set(cc) else "bcc"
        reader.problem(
            field,
            f"{names} {'is' if len(outsiders) == 1 else 'are'} not on the staff and would read an internal comment. "
            "Write a reply instead, or tick the box that it may go to people outside.",
        )
    return OneTime(cc, bcc, tuple(sorted(outsiders)))


def read_create(
    work: Work, values: Mapping[str, str], files: tuple[Part, ...] = (), *, zone: tzinfo = UTC
) -> CreateTicket:
    """A new ticket. People who do not exist are made, so call it inside a savepoint.

    Fields: queue, requestor, cc, admin_cc, subject, text, status, owner, priority, minutes, due.
    """
    reader = Reader(work, values, zone)
    queue = reader.queue()
    if not reader.word("queue"):
        reader.problem("queue", "Choose the queue that the ticket goes into.")
    subject = reader.subject()
    if not subject:
        reader.problem("subject", "Say in a few words what it is about.")
    requestors = reader.people("requestor", ours=False)
    if not reader.word("requestor"):
        reader.problem("requestor", "Whose request is it? Write a mail address or a name.")
    cc, admin_cc = reader.people("cc", ours=False), reader.people("admin_cc", ours=False)
    owner, priority = reader.user("owner"), reader.number("priority", "The priority", -1000, 1000)
    minutes, due, text = reader.minutes(), reader.moment("due"), reader.text("text")
    if queue is None or reader.problems:
        reader.done()
        raise Invalid(Problem("queue", "Choose the queue that the ticket goes into."))
    create = CreateTicket(
        queue=queue,
        subject=subject,
        message=read_message(text, files) if text.strip() or files else None,
        owner=owner,
        status=reader.word("status"),
        priority=priority,
        due=due,
        time_taken=minutes,
    )
    return replace(
        create,
        requestors=reader.make(requestors),
        cc=tuple(user.id for user in reader.make(cc)),
        admin_cc=tuple(user.id for user in reader.make(admin_cc)),
    )


def read_message(text: str, files: tuple[Part, ...] = ()) -> Message:
    """What was typed, with its files; without text only the files."""
    body = (Part("text/plain", text.encode(), PartRole.BODY, charset="utf-8"),) if text.strip() else ()
    return Message(parts=(*body, *files))


def _organization(reader: Reader) -> SetOrganization:
    organization = reader.row("organization", Organization, "organisation")
    site = reader.row("site", OrganizationSite, "site")
    # A form still shows the sites of the organisation that was chosen before.
    fits = site is not None and organization is not None and site.organization_id == organization.id
    return SetOrganization(organization, site if fits else None)


def _is_staff(work: Work, address: str) -> bool:
    user = find_person(work.db, address)
    staff = system_groups(work, (PRIVILEGED,))[0]
    return user is not None and work.db.get(GroupClosure, (staff, user.id)) is not None
