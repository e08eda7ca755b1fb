"""Doing one action of a step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from rtpy.changes.change import Change
from rtpy.changes.people import find_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.webhooks.announcing import announce
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.escalation.events import ESCALATED
from rtpy_sla.escalation.people import People
from rtpy_sla.ladder.labels import target_label, when_label
from rtpy_sla.ladder.step import NOTIFYING, Deed, DeedKind, Ladder, Step
from rtpy_sla.models import WaitingMail


@dataclass(frozen=True, slots=True)
class Occasion:
    """A step that a clock takes now."""

    ticket: Ticket
    clock: Clock
    ladder: Ladder
    step: Step
    due: datetime
    """When the step was to be taken."""
    is_late: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did, and whether the ticket may be another one now."""

    said: str
    has_changed: bool = False


def do(work: Work, occasion: Occasion, deed: Deed, people: People) -> Done:
    """Do it in the work of the system. Raises Refused and the like when it cannot be done."""
    if deed.kind in NOTIFYING:
        return _notify(work, occasion, deed, people)
    if deed.kind is DeedKind.WEBHOOK:
        announce(work, ESCALATED, _payload(occasion), ticket=occasion.ticket)
        return Done("Webhooks were told.")
    return _CHANGES[deed.kind](work, occasion.ticket, deed, people)


def _notify(work: Work, occasion: Occasion, deed: Deed, people: People) -> Done:
    """A row for each person; the mail is written when all steps of the round are done."""
    ticket, clock, ladder = occasion.ticket, occasion.clock, occasion.ladder
    told = people.told_by(work, ticket, deed)
    rows: list[dict[str, object]] = []
    latest = work.now
    for person in told:
        until = work.now
        if ladder.quiet is not None:
            until = ladder.quiet.until(work.now, person.zone, ticket.priority)
        latest = max(latest, until)
        rows.append(
            {
                "user_id": person.id,
                "ticket_id": ticket.id,
                "target": clock.target.value,
                "cycle": clock.cycle,
                "ladder": ladder.name,
                "level": deed.number if deed.kind is DeedKind.NOTIFY_LEVEL else 0,
                "created": work.now,
                "not_before": until,
            }
        )
    work.db.connection().execute(_WAITING, rows)
    names = ", ".join(person.name for person in told[:5])
    more = f" and {len(told) - 5} more" if len(told) > 5 else ""
    held = " The mail waits for the end of the quiet hours." if latest > work.now else ""
    return Done(f"Notified {names}{more}.{held}")


def _raise_to(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    if ticket.priority >= deed.number:
        return Done(f"The priority is {ticket.priority} already.")
    _change(work, ticket, SetPriority(deed.number))
    return Done(f"Raised the priority to {deed.number}.", True)


def _raise_by(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    priority = ticket.priority + deed.number
    _change(work, ticket, SetPriority(priority))
    return Done(f"Raised the priority to {priority}.", True)


def _assign(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    person = find_person(work.db, deed.value)
    if person is None:
        raise Refused(f"There is no person “{deed.value}”.")
    if ticket.owner_id == person.id:
        return Done(f"{person.display_name} owns it already.")
    _change(work, ticket, SetOwner(person))
    return Done(f"Gave it to {person.display_name}.", True)


def _set_status(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    if ticket.status == deed.value.lower():
        return Done(f"It is {ticket.status} already.")
    _change(work, ticket, SetStatus(deed.value))
    return Done(f"Set the status to {ticket.status}.", True)


def _add_cc(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    return _add_watcher(work, ticket, "Cc", deed, people)


def _add_admin_cc(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    return _add_watcher(work, ticket, "AdminCc", deed, people)


def _add_watcher(work: Work, ticket: Ticket, role: str, deed: Deed, people: People) -> Done:
    person = find_person(work.db, deed.value)
    number = person.id if person is not None else people.group(work, deed.value)
    if not _change(work, ticket, AddWatcher(role, number)):
        return Done(f"{deed.value} is {role} already.")
    return Done(f"Added {deed.value} as {role}.", True)


def _comment(work: Work, ticket: Ticket, deed: Deed, people: People) -> Done:
    _change(work, ticket, Comment(plain_message(deed.value)))
    return Done("Wrote the comment.", True)


def _change(work: Work, ticket: Ticket, change: Change) -> bool:
    """Whether anything was recorded."""
    return bool(change_ticket(work, ticket, change).transactions)


def _payload(occasion: Occasion) -> dict[str, object]:
    clock, step = occasion.clock, occasion.step
    return {
        "ladder": occasion.ladder.name,
        "step": step.key,
        "when": when_label(step),
        "target": clock.target.value,
        "label": target_label(clock.target),
        "cycle": clock.cycle,
        "due": None if clock.due is None else clock.due.isoformat(),
        "missed": None if clock.missed is None else clock.missed.isoformat(),
        "late": occasion.is_late,
    }


_WAITING = insert(WaitingMail)
_CHANGES: Mapping[DeedKind, Callable[[Work, Ticket, Deed, People], Done]] = {
    DeedKind.RAISE_TO: _raise_to,
    DeedKind.RAISE_BY: _raise_by,
    DeedKind.ASSIGN: _assign,
    DeedKind.SET_STATUS: _set_status,
    DeedKind.ADD_CC: _add_cc,
    DeedKind.ADD_ADMIN_CC: _add_admin_cc,
    DeedKind.COMMENT: _comment,
}
