"""Reading histories: which transaction of a ticket is which fact. One query for all transactions of many tickets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from email.parser import HeaderParser
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, literal, select
from sqlalchemy.orm import aliased

from rtpy.mail.loops import AutoKind, kind_of
from rtpy.models import Attachment, GroupClosure, Ticket, Transaction, User, Watcher
from rtpy.work import Work
from rtpy_sla.clocks.facts import Story
from rtpy_sla.following.plans import Reading, reading_of
from rtpy_sla.following.telling import Told, tell

SAID = ("Create", "Correspond")
MACHINES = (AutoKind.AUTO_REPLY, AutoKind.BULK, AutoKind.BOUNCE, AutoKind.OWN_LOOP)
_SUSPICIOUS = re.compile(
    r"^(?:auto-submitted|precedence|x-auto\w*|x-\w*loop[\w-]*|x-vacation|x-mail-auto\w*|x-fc-\w*|x-failed-recipients"
    r"|list-unsubscribe|feedback-id|x-zammad-[\w-]*|return-path:\s*<\s*>|subject:.*(?:auto|office|abwesen|vacation"
    r"|absence|fuori|fuera|fora|afwez|fr[aå]nv)|from:.*(?:no|do.?not).?reply|content-type:\s*multipart/report)",
    re.I | re.M,
)
# Looked for from the beginning of words only: a name of a hundred thousand letters takes no longer than others.
_ADDRESS = re.compile(r"(?<![^\s<>\"])[^\s<>\"]+@[^\s<>]+")


class TicketNow(NamedTuple):
    """What a ticket is now; its beginning is worked out backwards from it."""

    id: int
    status: str
    priority: int
    queue_id: int
    owner_id: int
    created: datetime
    creator_id: int
    merged_into_id: int | None


def story_of(work: Work, ticket: Ticket) -> Story:
    """The story of one ticket, whose row is there. One query; one more when another was merged into it."""
    work.db.flush()  # watchers of this bundle may wait to be written
    now = TicketNow(*(getattr(ticket, name) for name in TicketNow._fields))
    return _stories(work, [now])[ticket.id]


def stories(work: Work, ticket_ids: Sequence[int]) -> Mapping[int, Story]:
    """The stories of many tickets, some hundred at a time. Two queries, and one for merged ones."""
    rows = work.db.connection().execute(_TICKETS, {"ids": list(ticket_ids)})
    return _stories(work, [TicketNow(*row) for row in rows])


def is_automatic(headers: str) -> bool:
    """Did a program write the mail with these headers? Mails of people through a list are theirs."""
    if not headers or _SUSPICIOUS.search(headers) is None:
        return False
    parsed = HeaderParser().parsestr(headers)
    sender = parsed.get("From", "")
    address = _ADDRESS.search(sender)
    kind = kind_of(
        lambda name: str(parsed.get(name, "")),
        sender=address[0] if address else "",
        subject=str(parsed.get("Subject", "")),
        content_type=parsed.get_content_type(),
        report_type=str(parsed.get_param("report-type") or ""),
    )
    return kind in MACHINES


def _stories(work: Work, tickets: Sequence[TicketNow]) -> dict[int, Story]:
    reading = reading_of(work.app, work.db)
    asked = {"ids": [ticket.id for ticket in tickets], "privileged": reading.privileged_id}
    by_ticket: dict[int, list[Any]] = {ticket.id: [] for ticket in tickets}
    for row in work.db.connection().execute(_HISTORY, asked):
        by_ticket[row.object_id].append(row)
    begun = _begun(work, by_ticket)
    return {
        ticket.id: Story(ticket.id, *_facts(reading, ticket, by_ticket[ticket.id], begun))
        for ticket in tickets
    }


def _facts(
    reading: Reading, ticket: TicketNow, rows: list[Any], begun: Mapping[int, datetime]
) -> tuple[tuple[Any, ...], datetime | None]:
    """Facts in order, and until when the history was brought in."""
    told = list(_told(reading, ticket, rows))
    return tell(
        ticket, told, begun, reading.nobody_id, answered=reading.at(ticket.created).is_answered_by_creation
    )


def _told(reading: Reading, ticket: TicketNow, rows: Sequence[Any]) -> Iterator[Told]:
    """Each transaction with who wrote it: seen backwards, for people become requestors and cease to be."""
    requestors: dict[int, bool] = {}
    found: list[Told] = []
    for row in reversed(rows):
        is_requestor = requestors.get(row.person, bool(row.is_requestor))
        if row.field == "Requestor" and row.type in ("AddWatcher", "DelWatcher"):
            person = row.new_value if row.type == "AddWatcher" else row.old_value
            if person.isdigit():
                requestors[int(person)] = row.type == "DelWatcher"
        is_machine = row.person in reading.at(row.created).machines or is_automatic(row.headers or "")
        found.append(
            Told(
                at=row.created,
                id=row.id,
                type=row.type,
                field=row.field,
                old=row.old_value,
                new=row.new_value,
                data=row.data,
                by=row.person,
                is_staff=bool(row.is_staff) and not is_requestor,
                is_machine=is_machine,
                is_said=bool(row.size),
            )
        )
    return reversed(found)


def _begun(work: Work, by_ticket: Mapping[int, Iterable[Any]]) -> dict[int, datetime]:
    """When the tickets were begun that were merged into these, or these into them."""
    others = {
        int(row.new_value.rpartition("/")[2])
        for rows in by_ticket.values()
        for row in rows
        if row.type == "AddLink" and row.field == "MergedInto" and row.new_value.rpartition("/")[2].isdigit()
    }
    if not others:
        return {}
    found = work.db.connection().execute(_TICKETS, {"ids": sorted(others)})
    return {row.id: row.created for row in found}


_TICKETS = select(*(getattr(Ticket, name) for name in TicketNow._fields)).where(
    Ticket.id.in_(bindparam("ids", expanding=True))
)

_person = func.coalesce(User.merged_into_id, Transaction.creator_id)
_staff, _requestor = aliased(GroupClosure), aliased(Watcher)
_HISTORY = (
    select(
        Transaction.object_id,
        Transaction.id,
        Transaction.type,
        Transaction.field,
        Transaction.old_value,
        Transaction.new_value,
        case((Transaction.type.startswith("sla."), Transaction.data), else_="").label("data"),
        Transaction.created,
        _person.label("person"),
        _staff.member_id.is_not(None).label("is_staff"),
        _requestor.id.is_not(None).label("is_requestor"),
        Attachment.size,
        case((Transaction.face == literal("mail"), Attachment.headers), else_="").label("headers"),
    )
    .join(User, User.id == Transaction.creator_id)
    .outerjoin(_staff, and_(_staff.group_id == bindparam("privileged"), _staff.member_id == _person))
    .outerjoin(
        _requestor,
        and_(
            _requestor.ticket_id == Transaction.object_id,
            _requestor.role == "Requestor",
            _requestor.principal_id == _person,
        ),
    )
    .outerjoin(
        Attachment,
        and_(
            Attachment.transaction_id == Transaction.id,
            Attachment.position == 0,
            Transaction.type.in_(SAID),
        ),
    )
    .where(
        Transaction.object_type == "ticket",
        Transaction.object_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(Transaction.object_id, Transaction.id)
)
