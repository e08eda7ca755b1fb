"""Putting right what we said: the new words stand where the old ones stood, which can still be read."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.people import system_groups
from rtpy.content.part import Message
from rtpy.content.plain import message_text
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.history.corrections import CORRECT
from rtpy.models import GroupClosure, Ticket, Transaction
from rtpy.models.group import PRIVILEGED
from rtpy.rights.names import Right
from rtpy.work import Work

CORRECTED = ("Create", "Correspond")


@dataclass(frozen=True, slots=True)
class CorrectReply:
    """Other words for a public message of our own. Nobody gets a mail of it; who reads the request sees both.

    RT has nothing like it: there a reply that went wrong can only be followed by another.
    """

    transaction_id: int
    message: Message

    def check(self, work: Work, ticket: Ticket) -> None:
        """One's own needs ReplyToTicket or ModifyTicket, a colleague's ModifyTicket.

        Raises NotFound, Refused for what a customer wrote, Invalid without words.
        """
        found = find_corrected(work, ticket, self.transaction_id)
        own = (Right.REPLY_TO_TICKET,) if found.creator_id == work.actor.user_id else ()
        need(work, ticket, *own, Right.MODIFY_TICKET)
        staff = select(GroupClosure.member_id).where(
            GroupClosure.group_id == system_groups(work, (PRIVILEGED,))[0],
            GroupClosure.member_id == found.creator_id,
        )
        if work.db.scalar(staff) is None:
            raise Refused("What customers wrote stays as they wrote it.")
        if not message_text(self.message.parts).strip():
            raise Invalid(Problem("message", "Write what it should say."))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Recorded with the new words; the message itself is not touched."""
        number = str(self.transaction_id)
        yield Record(Transaction(type=CORRECT, field="Message", old_value=number), self.message)


def find_corrected(work: Work, ticket: Ticket, transaction_id: int) -> Transaction:
    """The public message of this ticket, or of one merged into it, that is to be put right. Raises NotFound."""
    merged = select(Ticket.id).where(Ticket.merged_into_id == ticket.id)
    found = work.db.scalar(
        select(Transaction).where(
            Transaction.id == transaction_id,
            Transaction.type.in_(CORRECTED),
            Transaction.object_type == "ticket",
            (Transaction.object_id == ticket.id) | Transaction.object_id.in_(merged),
        )
    )
    if found is None:
        raise NotFound("There is no such reply on this ticket.")
    return found
