"""What a visitor may do with a request now; the deeds themselves ask the same before they act."""

from dataclasses import dataclass
from datetime import timedelta

from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.members import may_add_copy, membership_in
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.requests.people import Participant, participants_of
from rtpy_portal.requests.settings import CALLS, ESCALATION, REOPEN_DAYS, URGENCY
from rtpy_portal.requests.stages import stages_of
from rtpy_portal.requests.telling import told_of
from rtpy_portal.words import Say

PATIENCE = timedelta(days=1)
"""Between two wishes for more attention."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What may be done. Who only sees a request of a colleague may answer, but not steer it."""

    answer: bool = False
    close: bool = False
    reopen: bool = False
    follow_up: bool = False
    """It was closed too long ago: a new request takes its place."""
    urgency: bool = False
    call: bool = False
    escalate: bool = False
    add: bool = False
    remove: bool = False
    leave: bool = False


def deeds_of(work: Work, visitor: Visitor, ticket: Ticket, people: tuple[Participant, ...]) -> Deeds:
    """What this visitor may do with a request that they see; `people` take part in it. One query at most."""
    stage = stages_of(work.app, work.db).of(ticket.queue.lifecycle, ticket.status)
    me = next((each for each in people if each.is_you), None)
    member = membership_in(visitor, ticket.organization_id)
    steers = me is not None or (member is not None and (member.manages or member.may_raise))
    leave = me is not None
    by_account = visitor.way is Way.ACCOUNT
    if not stage.is_open:
        again = is_recent(work, ticket)
        return Deeds(reopen=again and steers, follow_up=not again and steers, leave=leave)
    patient = told_of(work.db, ticket.id).escalated
    return Deeds(
        answer=True,
        close=steers,
        urgency=steers and bool(setting(work.app, work.db, URGENCY)),
        call=steers and bool(setting(work.app, work.db, CALLS)),
        escalate=steers
        and bool(setting(work.app, work.db, ESCALATION))
        and (patient is None or patient + PATIENCE <= work.now),
        add=by_account and may_add_copy(visitor, ticket.organization_id),
        remove=by_account and me is not None and me.asked,
        leave=leave,
    )


class NotNow(Refused):
    """It may not be done now; the sentence is for the visitor, in their language."""


def need_deed(work: Work, visitor: Visitor, ticket: Ticket, deed: str, say: Say) -> Deeds:
    """Raises NotNow, in the visitor's words, when the deed of that name may not be done now. Two queries at most."""
    found = deeds_of(work, visitor, ticket, participants_of(work, ticket, visitor))
    if getattr(found, deed):
        return found
    if found.follow_up:
        raise NotNow(
            say(
                "This request was closed some time ago and stays closed. Please write a new one: we link the two."
            )
        )
    if found.reopen:
        raise NotNow(say("This request is closed. You can open it again and say what is still wrong."))
    raise NotNow(say("That cannot be done with this request now. Please write us an answer instead."))


def is_recent(work: Work, ticket: Ticket) -> bool:
    """Was it closed so lately that it can be opened again?"""
    days = int(setting(work.app, work.db, REOPEN_DAYS))
    closed = ticket.resolved or ticket.last_updated
    return closed + timedelta(days=days) > work.now if days else False
