"""Saying something: a reply to the customer, or an internal comment."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.customfields.ticket import check_said
from rtpy.changes.ticket.naming import check_named
from rtpy.content.part import Message
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction, User, UserAddress, Watcher
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Correspond:
    """A reply: requestors and Ccs get it. `minutes` worked are added to the ticket."""

    message: Message
    minutes: int = 0
    fields: GivenFields = NO_FIELDS
    """Custom fields of the transaction."""
    may_be_empty: bool = False
    """Programs may say nothing at all, such as only to book time (RT's REST)."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ReplyToTicket or ModifyTicket."""
        need(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
        _check(self.message, self.minutes, may_be_empty=self.may_be_empty)
        check_named(work, ticket, addresses=(*self.message.one_time_cc, *self.message.one_time_bcc))
        check_said(work, ticket, self.fields)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RT: a reply by anybody but a requestor means that the customer was told now."""
        requestors = set(
            work.db.scalars(
                select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
            )
        )
        if requestors and work.actor.user_id not in requestors:
            ticket.told = work.now
        fields = check_said(work, ticket, self.fields)
        yield Record(_said("Correspond", self.message, ticket, self.minutes), self.message, fields=fields)


@dataclass(frozen=True, slots=True)
class Comment:
    """An internal comment: staff only, never a customer. `minutes` worked are added to the ticket."""

    message: Message
    minutes: int = 0
    fields: GivenFields = NO_FIELDS
    """Custom fields of the transaction."""
    may_be_empty: bool = False
    """Programs may say nothing at all, such as only to book time (RT's REST)."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs CommentOnTicket or ModifyTicket."""
        need(work, ticket, Right.COMMENT_ON_TICKET, Right.MODIFY_TICKET)
        _check(self.message, self.minutes, may_be_empty=self.may_be_empty)
        check_named(work, ticket, addresses=(*self.message.one_time_cc, *self.message.one_time_bcc))
        _refuse_customers(work, ticket, self.message)
        check_said(work, ticket, self.fields)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Only recorded; who hears of it is the scrips' business."""
        fields = check_said(work, ticket, self.fields)
        yield Record(_said("Comment", self.message, ticket, self.minutes), self.message, fields=fields)


def _check(message: Message, minutes: int, *, may_be_empty: bool) -> None:
    if not may_be_empty and not any(part.data.strip() for part in message.parts):
        raise Refused("There is nothing to send: write something or attach a file.")
    if not 0 <= minutes <= 24 * 60:
        raise Refused("Minutes worked must be between 0 and 1440: split the work over several entries.")


def _refuse_customers(work: Work, ticket: Ticket, message: Message) -> None:
    """A comment may be sent to outsiders knowingly, such as a supplier, but never to who has a role on the ticket."""
    outsiders = {address.strip().lower() for address in message.outsiders}
    if not outsiders:
        return
    further = select(UserAddress.user_id).where(UserAddress.address.in_(outsiders))
    found = work.db.scalars(
        select(User.email_address)
        .join(Watcher, Watcher.principal_id == User.id)
        .where(
            Watcher.ticket_id == ticket.id,
            or_(func.lower(User.email_address).in_(outsiders), User.id.in_(further)),
        )
        .order_by(User.email_address)
    ).first()
    if found is not None:
        raise Refused(
            f"{found} is a customer on this ticket: comments never go there. Write a reply instead."
        )


def _said(kind: str, message: Message, ticket: Ticket, minutes: int) -> Transaction:
    return Transaction(type=kind, data=message.subject or ticket.subject, time_taken=minutes)
