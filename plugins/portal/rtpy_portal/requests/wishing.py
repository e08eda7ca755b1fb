"""Wishes about an open request that are more than an answer: how urgent it is, a call, more attention."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rtpy.changes.allowed import need, vouched
from rtpy.changes.change import Change, Record
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.errors import Invalid, Problem
from rtpy.history.brought import Happened, Sentence, ShowDate
from rtpy.models import Ticket, Transaction
from rtpy.plugin_settings import setting
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.answering import reply_of
from rtpy_portal.requests.deeds import need_deed
from rtpy_portal.requests.settings import HIGH, LOW, NORMAL
from rtpy_portal.requests.telling import row_of
from rtpy_portal.words import Say

ESCALATED = "portal.escalated"
LONGEST = 200


class Urgency(StrEnum):
    """How urgent a request is to who asked for it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


def urgency_words(urgency: Urgency, say: Say) -> str:
    """As customers read and choose it."""
    match urgency:
        case Urgency.LOW:
            return say("It can wait")
        case Urgency.NORMAL:
            return say("Normal")
        case Urgency.HIGH:
            return say("Work stands still")


def priorities(work: Work) -> dict[Urgency, int]:
    """The priority that each word stands for. No query as a rule."""
    names = {Urgency.LOW: LOW, Urgency.NORMAL: NORMAL, Urgency.HIGH: HIGH}
    return {urgency: int(setting(work.app, work.db, name)) for urgency, name in names.items()}


def change_urgency(
    work: Work, visitor: Visitor, ticket: Ticket, say: Say, urgency: Urgency | None, reason: str
) -> None:
    """Say how urgent it is and why; a reply says so too. Raises Invalid, fields `urgency` and `reason`; Refused.

    A priority that staff gave outside of what the words stand for stays: then the wish is only told.
    """
    need_deed(work, visitor, ticket, "urgency", say)
    if urgency is None:
        raise Invalid(Problem("urgency", say("Please choose how urgent it is.")))
    if not reason.strip():
        raise Invalid(Problem("reason", say("Please say in a few words why.")))
    known = priorities(work)
    is_within = min(known.values()) <= ticket.priority <= max(known.values())
    changes: tuple[Change, ...] = (SetPriority(known[urgency]),) if is_within else ()
    text = say("How urgent it is: ${word}", word=urgency_words(urgency, say)) + "\n" + reason.strip()
    with vouched(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET):
        change_ticket(work, ticket, *changes, reply_of(text, (), say))


def ask_for_call(
    work: Work, visitor: Visitor, ticket: Ticket, say: Say, phone: str, when: str, about: str
) -> None:
    """Ask to be called: a reply that says so. Raises Invalid, field `phone`; Refused."""
    need_deed(work, visitor, ticket, "call", say)
    phone, when = " ".join(phone.split()), " ".join(when.split())
    if not any(sign.isdigit() for sign in phone) or len(phone) > LONGEST:
        raise Invalid(Problem("phone", say("Please write the number at which we reach you.")))
    lines = [say("Please call me: ${phone}", phone=phone)]
    if when:
        lines.append(say("When it suits me: ${when}", when=when[:LONGEST]))
    subject = say("Please call: ${subject}", subject=ticket.subject)
    text = "\n".join((*lines, *filter(None, ("", about.strip()))))
    with vouched(work, ticket, Right.REPLY_TO_TICKET):
        change_ticket(work, ticket, reply_of(text, (), say, subject=subject))


@dataclass(frozen=True, slots=True)
class Escalate:
    """The customer asks for more attention; staff see it beside the ticket."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ReplyToTicket; how often it may be asked for is said in `deeds`."""
        need(work, ticket, Right.REPLY_TO_TICKET)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Kept with the moment."""
        row_of(work.db, ticket.id).escalated = work.now
        yield Record(Transaction(type=ESCALATED))


def escalate(work: Work, visitor: Visitor, ticket: Ticket, say: Say, reason: str) -> None:
    """Ask for more attention. Raises Invalid, field `reason`; Refused.

    A reply whose mail says so in its subject: who hears of replies to this ticket hears of it.
    """
    need_deed(work, visitor, ticket, "escalate", say)
    if not reason.strip():
        raise Invalid(Problem("reason", say("Please say in a few words why.")))
    subject = say("Needs more attention: ${subject}", subject=ticket.subject)
    text = say("I ask for more attention to this request.") + "\n" + reason.strip()
    with vouched(work, ticket, Right.REPLY_TO_TICKET):
        change_ticket(work, ticket, Escalate(), reply_of(text, (), say, subject=subject))


def _escalated(happened: Happened, show_date: ShowDate) -> str:
    return "asked for more attention"


TEXTS: dict[str, Sentence] = {ESCALATED: _escalated}
"""For the hook `rtpy_transaction_texts`."""
