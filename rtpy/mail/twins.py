"""The same mail for several of our queues: it comes in once for each, under one Message-ID."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy.mail.addresses import is_own
from rtpy.mail.message import IncomingMail
from rtpy.mail.own import Own
from rtpy.mail.spool import Claim
from rtpy.models import Attachment, Queue, Ticket, Transaction
from rtpy.models import IncomingMail as SpooledMail
from rtpy.models.locks import lock_name
from rtpy.work import Work

_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Twin:
    """A mail with the same Message-ID that is in a ticket already. `is_same`: its content is the same as well."""

    ticket_id: int
    transaction_id: int | None
    action: str
    is_same: bool


def twins_of(system: Work, mail: IncomingMail, claim: Claim, own: Own) -> tuple[Twin, ...]:
    """What came under the Message-ID of `mail` before, the first one first. One query, none without an id.

    Where the mail itself names several of our addresses, its deliveries wait for each other.
    """
    if not mail.message_id:
        return ()
    named = {one.address.lower() for one in (*mail.to, *mail.cc)[:_LOOKED_AT]}
    if len(named) > 1 and sum(is_own(address, own.addresses) for address in named) > 1:
        lock_name(system.db, f"mail {mail.message_id}")
    wanted = {"cut": mail.message_id[:255], "message_id": mail.message_id, "this": claim.mail_id}
    return tuple(
        Twin(row.ticket_id, row.transaction_id, row.action, row.dedup_key.endswith(mail.dedup_key))
        for row in system.db.connection().execute(_SAME_ID, wanted)
        if row.dedup_key
    )


def twin_in(twins: tuple[Twin, ...], ticket: Ticket, action: str) -> Twin | None:
    """The same mail, in this very ticket, said the same way."""
    same = (twin for twin in twins if twin.is_same and twin.action == action)
    return next((twin for twin in same if twin.ticket_id == ticket.id), None)


def tickets_of(system: Work, twins: tuple[Twin, ...]) -> list[Ticket]:
    """The open tickets that the same mail has made or joined, without those that were merged or deleted since."""
    ids = {twin.ticket_id for twin in twins if twin.is_same}
    if not ids:
        return []
    living = select(Ticket).where(
        Ticket.id.in_(ids), Ticket.merged_into_id.is_(None), Ticket.status != "deleted"
    )
    return list(system.db.scalars(living.order_by(Ticket.id)))


def say_also_for(system: Work, ticket: Ticket, queue: Queue) -> int | None:
    """Tell those who work on the ticket that its mail was for this queue as well; number of the transaction."""
    said = f"The mail was sent to queue {queue.name} as well. There is one ticket for it: this one."
    outcome = change_ticket(system, ticket, Comment(plain_message(said)))
    return outcome.transactions[0].id


_spooled, _transaction, _attachment = SpooledMail.__table__, Transaction.__table__, Attachment.__table__
_SAME_ID = (
    select(_spooled.c.ticket_id, _spooled.c.transaction_id, _spooled.c.action, _spooled.c.dedup_key)
    .distinct()
    .join(_transaction, _transaction.c.object_id == _spooled.c.ticket_id)
    .join(_attachment, _attachment.c.transaction_id == _transaction.c.id)
    .where(
        _attachment.c.message_id == bindparam("cut"),
        _transaction.c.object_type == "ticket",
        _spooled.c.message_id == bindparam("message_id"),
        _spooled.c.id != bindparam("this"),
    )
    .order_by(_spooled.c.ticket_id)
    .limit(20)
)
