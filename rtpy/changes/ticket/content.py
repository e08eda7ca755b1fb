"""Saying something: a reply to the customer, or an internal comment."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.content.part import Message
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction, Watcher
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Correspond:
    """A reply: requestors and Ccs get it. `minutes` worked are added to the ticket."""

    message: Message
    minutes: int = 0

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ReplyToTicket or ModifyTicket."""
        need(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
        _check(self.message, self.minutes)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RT: a reply by anybody but a requestor means that the customer was told now."""
        requestors = set(
            work.db.scalars(
                select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
            )
        )
        if requestors and work.actor.user_id not in requestors:
            ticket.told = work.now
        yield Record(_said("Correspond", self.message, ticket, self.minutes), self.message)


@dataclass(frozen=True, slots=True)
class Comment:
    """An internal comment: staff only, never a customer. `minutes` worked are added to the ticket."""

    message: Message
    minutes: int = 0

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs CommentOnTicket or ModifyTicket."""
        need(work, ticket, Right.COMMENT_ON_TICKET, Right.MODIFY_TICKET)
        _check(self.message, self.minutes)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Only recorded; who hears of it is the scrips' business."""
        yield Record(_said("Comment", self.message, ticket, self.minutes), self.message)


def _check(message: Message, minutes: int) -> None:
    if not any(part.data.strip() for part in message.parts):
        raise Refused("There is nothing to send: write something or attach a file.")
    if not 0 <= minutes <= 24 * 60:
        raise Refused("Minutes worked must be between 0 and 1440: split the work over several entries.")


def _said(kind: str, message: Message, ticket: Ticket, minutes: int) -> Transaction:
    return Transaction(type=kind, data=message.subject or ticket.subject, time_taken=minutes)
