"""Closing a request that is solved, and opening one again that is not."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from rtpy.changes.allowed import vouched
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part
from rtpy.errors import Invalid, Refused
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.answering import reply_of
from rtpy_portal.requests.deeds import need_deed
from rtpy_portal.requests.stages import Stage, stages_of
from rtpy_portal.words import Say


def close_request(work: Work, visitor: Visitor, ticket: Ticket, say: Say, text: str = "") -> bool:
    """“It works now”, with words or without. Raises Refused.

    False when only staff can close it, since its lifecycle asks for more: then the reply says that it works.
    """
    need_deed(work, visitor, ticket, "close", say)
    status = _solved_from(work, ticket)
    said = (reply_of(text, (), say),) if text.strip() else ()
    if status is not None:
        try:
            with work.db.begin_nested(), _moving(work, ticket, status):
                change_ticket(work, ticket, *said, SetStatus(status))
                return True
        except (Invalid, Refused):
            _load_again(work, ticket)
    reply = reply_of(text.strip() or say("It works now, the request can be closed."), (), say)
    with vouched(work, ticket, Right.REPLY_TO_TICKET):
        change_ticket(work, ticket, reply)
    return False


def reopen_request(
    work: Work, visitor: Visitor, ticket: Ticket, say: Say, text: str, files: Sequence[Part] = ()
) -> None:
    """Say what is still wrong, and open it again as far as its lifecycle can. Raises Invalid, field `text`; Refused."""
    need_deed(work, visitor, ticket, "reopen", say)
    reply = reply_of(text, files, say)
    status = work.app.lifecycles.get(ticket.queue.lifecycle).first_active_from(ticket.status)
    if status is not None:
        try:
            with work.db.begin_nested(), _moving(work, ticket, status):
                change_ticket(work, ticket, SetStatus(status), reply)
                return
        except (Invalid, Refused):
            _load_again(work, ticket)
    with vouched(work, ticket, Right.REPLY_TO_TICKET):
        change_ticket(work, ticket, reply)


def _solved_from(work: Work, ticket: Ticket) -> str | None:
    """Where a request goes that is solved: to a status that means solved, else to the first that closes it."""
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    stages = stages_of(work.app, work.db)
    solved = (
        move.new
        for move in lifecycle.moves_from(ticket.status)
        if stages.of(lifecycle.name, move.new) is Stage.SOLVED
    )
    return next(solved, None) or lifecycle.first_inactive_from(ticket.status)


def _moving(work: Work, ticket: Ticket, status: str) -> AbstractContextManager[None]:
    """Vouches for the right that the move takes, whatever the lifecycle calls it."""
    move = work.app.lifecycles.get(ticket.queue.lifecycle).move(ticket.status, status)
    return vouched(work, ticket, Right.REPLY_TO_TICKET, move.right)


def _load_again(work: Work, ticket: Ticket) -> None:
    """What was undone is unread: relations are not loaded by themselves."""
    work.db.refresh(ticket)
    work.db.refresh(ticket, ["queue", "owner"])
