"""Staff forwards a customer's mail: the customer becomes the requestor, and what the staff wrote above stays inside."""

from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.change import Outcome
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.mail.addresses import is_own
from rtpy.mail.forwarded import Forwarded, read_forwarded
from rtpy.mail.hints import FORWARDED, note_hint
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.own import Own
from rtpy.mail.senders import Sender, is_staff, is_usable, person_of
from rtpy.models import Principal, User
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Behalf:
    """Whose mail it was, and what was read of it."""

    original: User
    forwarded: Forwarded
    remark: str


def find_behalf(system: Work, sender: Sender, mail: IncomingMail, own: Own) -> Behalf | None:
    """The customer for whom a member of staff forwards the mail; None for everybody else, and when nobody is named.

    The member of staff must be believed (`mail.trust_staff`): by a forged mail nobody speaks for another one.
    """
    if system.app.config.mail.forwarded == "off" or not sender.believed or mail.auto is not AutoKind.HUMAN:
        return None
    forwarded = read_forwarded(mail) if is_staff(sender.work) else None
    if forwarded is None or not is_usable(forwarded.sender.address):
        return None
    if is_own(forwarded.sender.address, own.addresses):
        return None
    original = person_of(system, forwarded.sender)
    disabled = system.db.scalar(select(Principal.disabled).where(Principal.id == original.id))
    if disabled or original.id == sender.user.id:
        return None
    remark = f"{FORWARDED} by {sender.user.display_name}: {forwarded.sender.address} is taken as requestor"
    return Behalf(original, forwarded, remark)


def file_behalf(system: Work, sender: Sender, behalf: Behalf, outcome: Outcome) -> None:
    """What the member of staff wrote above becomes a comment; the guess is shown until somebody says what is right."""
    ticket, own = outcome.ticket, behalf.forwarded.own
    if own is not None:
        sender.work.held[ticket.id] = frozenset({Right.COMMENT_ON_TICKET})
        change_ticket(sender.work, ticket, Comment(own))
    note_hint(
        system, outcome.transactions[0], "forwarded", original_id=behalf.original.id, sender_id=sender.user.id
    )
