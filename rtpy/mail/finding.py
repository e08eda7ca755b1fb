"""Which ticket a mail belongs to, as far as the mail says so; whether its sender may join it is decided elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rtpy.mail.message import IncomingMail
from rtpy.mail.message_ids import ticket_of_message_id
from rtpy.mail.plus_address import read_plus_addresses
from rtpy.mail.tags import find_tags
from rtpy.models import OutgoingMail, Ticket
from rtpy.work import Work

MOST_CANDIDATES = 10
_MOST_IDS = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a mail names. `signed`: by the Message-ID, or the address, of a mail that we sent."""

    ticket: Ticket
    signed: bool


@dataclass(frozen=True, slots=True)
class Named:
    """All tickets that a mail names, the strongest first, and the numbers that stand for none."""

    candidates: tuple[Candidate, ...] = ()
    unknown: tuple[int, ...] = ()


def find_named(
    work: Work,
    mail: IncomingMail,
    parameter: str,
    tags: tuple[str, ...],
    transport: Mapping[str, str] = MappingProxyType({}),
) -> Named:
    """The tickets named by the gateway's caller, by the headers, by the subject; merged ones lead to their target.

    At most two queries, none for a mail that names nothing; one more for an answer to an envelope sender of ours.
    """
    signed = [*_signed(work, mail), *_addressed(work, mail, transport)]
    numbers = [int(parameter)] if parameter.isdecimal() and len(parameter) < 19 else []
    numbers += [*signed, *_plain_references(work, mail), *find_tags(mail.subject, tags)]
    wanted = list(dict.fromkeys(number for number in numbers if 0 < number < 2**63))[:MOST_CANDIDATES]
    if not wanted:
        return Named()
    tickets = _load(work, wanted)
    candidates: dict[int, Candidate] = {}
    for number in wanted:
        ticket = tickets.get(number)
        if ticket is not None:
            is_signed = number in signed or (ticket.id in candidates and candidates[ticket.id].signed)
            candidates[ticket.id] = Candidate(ticket, is_signed)
    return Named(tuple(candidates.values()), tuple(number for number in wanted if number not in tickets))


def _load(work: Work, wanted: list[int]) -> dict[int, Ticket]:
    """By the number that was named; deleted tickets count as unknown."""
    query = select(Ticket).options(joinedload(Ticket.queue))
    found = {ticket.id: ticket for ticket in work.db.scalars(query.where(Ticket.id.in_(wanted)))}
    targets = {ticket.merged_into_id for ticket in found.values() if ticket.merged_into_id}
    if targets:
        into = {ticket.id: ticket for ticket in work.db.scalars(query.where(Ticket.id.in_(targets)))}
        found = {
            number: into.get(ticket.merged_into_id, ticket) if ticket.merged_into_id else ticket
            for number, ticket in found.items()
        }
    return {number: ticket for number, ticket in found.items() if ticket.status != "deleted"}


def _ids(mail: IncomingMail) -> list[str]:
    """What is answered first, then the thread from its end."""
    return [*mail.in_reply_to, *reversed(mail.references)][:_MOST_IDS]


def _signed(work: Work, mail: IncomingMail) -> list[int]:
    numbers = (ticket_of_message_id(work.app, one) for one in _ids(mail) if one.startswith("rt-"))
    return [number for number in numbers if number is not None]


def _addressed(work: Work, mail: IncomingMail, transport: Mapping[str, str]) -> list[int]:
    """Tickets whose address with a good hash the mail was sent to, and those of mails of ours that it answers."""
    found = read_plus_addresses(work.app, mail, transport)
    if not found.mails:
        return list(found.tickets)
    rows = work.db.scalars(select(OutgoingMail.ticket_id).where(OutgoingMail.id.in_(found.mails)))
    return [*found.tickets, *(number for number in rows if number is not None)]


def _plain_references(work: Work, mail: IncomingMail) -> list[int]:
    domain = work.app.config.organization.lower()
    found = (_PLAIN.fullmatch(one) for one in _ids(mail))
    return [int(match[1]) for match in found if match and match[2].lower() == domain]


_PLAIN = re.compile(r"RT-Ticket-(\d{1,18})@(\S+)", re.I | re.A)
