"""Answering a request: in words, with files."""

from collections.abc import Sequence

from rtpy.changes.allowed import vouched
from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Part, plain_message
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.access.sight import CC
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.deeds import need_deed
from rtpy_portal.requests.people import participants_of
from rtpy_portal.words import Say

LONGEST = 200_000
"""Characters of an answer."""


def answer_request(
    work: Work, visitor: Visitor, ticket: Ticket, say: Say, text: str, files: Sequence[Part] = ()
) -> None:
    """Send an answer to an open request; `work` acts as the visitor. Raises Invalid, field `text`, and Refused.

    A colleague who answers gets copies from then on: they want to know what becomes of it.
    """
    need_deed(work, visitor, ticket, "answer", say)
    reply = reply_of(text, files, say)
    takes_part = any(each.is_you for each in participants_of(work, ticket, visitor))
    joining: tuple[Change, ...] = () if takes_part else (AddWatcher(CC, visitor.user_id),)
    with vouched(work, ticket, Right.REPLY_TO_TICKET, *((Right.MODIFY_TICKET,) if joining else ())):
        change_ticket(work, ticket, *joining, reply)


def reply_of(text: str, files: Sequence[Part], say: Say, *, subject: str = "") -> Correspond:
    """What was typed, as a reply. Raises Invalid when there is nothing."""
    text = text.replace("\r\n", "\n").strip()
    if not text and not files:
        raise Invalid(Problem("text", say("Please write something, or add a file.")))
    if len(text) > LONGEST:
        raise Invalid(Problem("text", say("That is too long: please send it as a file.")))
    return Correspond(plain_message(text, subject=subject, files=tuple(files)))
