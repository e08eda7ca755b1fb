"""The policy of mail in: who may join which ticket, who becomes a Cc, and when it is too much."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select, union_all

from rtpy.changes.allowed import may
from rtpy.changes.people import organization_of
from rtpy.errors import Refused
from rtpy.identity.rates import hits_so_far
from rtpy.mail.addresses import is_own
from rtpy.mail.finding import Candidate, Named
from rtpy.mail.held import ForReview, Held
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import Address, IncomingMail
from rtpy.mail.message_ids import ticket_of_message_id
from rtpy.mail.own import Own
from rtpy.mail.senders import Sender, is_usable, person_of
from rtpy.models import Principal, Queue, Ticket, User, UserAddress
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.work import Work

MOST_CCS = 20
"""Addresses of one mail that may become Ccs."""
LOOKED_AT = 200
"""Addresses of one mail that are looked at for Ccs."""
HOUR = 3600
MOST_ALIKE = 3
"""New tickets in an hour with one sender and one subject that are answered automatically: then it is a loop."""


class Joining(StrEnum):
    """How a mail joins a ticket."""

    PARTICIPANT = "participant"
    """As what a participant says."""
    ANSWER = "answer"
    """By somebody else who answers a mail that we sent: said aloud, and marked."""
    NOTE = "note"
    """By a stranger, where the queue lets anyone add: for staff only, and marked."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail goes: into a ticket, or into a new one, perhaps with a claim on one that it may not join."""

    ticket: Ticket | None = None
    joining: Joining = Joining.PARTICIPANT
    claimed: Ticket | None = None
    remarks: tuple[str, ...] = ()


def refuse_loop(work: Work, mail: IncomingMail, own: Own) -> None:
    """Raises Refused for a mail that we sent ourselves, by its loop header, its Message-ID or its From."""
    if ticket_of_message_id(work.app, mail.message_id) is not None:
        raise Refused("A loop: this server itself sent the mail, its Message-ID is signed by us.")
    if mail.auto is AutoKind.OWN_LOOP:
        raise Refused("A loop: this server itself sent the mail, its X-RT-Loop-Prevention says so.")
    for address in mail.from_[:1] or (mail.sender,):
        if address is not None and is_own(address.address, own.addresses):
            raise Refused(f"A loop: {address.address} is an address of this server.")


def choose_place(sender: Sender, named: Named, *, is_open: str) -> Place:
    """Where a mail of `sender` goes that names the tickets of `named`.

    The first ticket that the sender may join; else a new one, with a claim on the first that was named.
    `is_open` is the site's reply policy; a queue may be more open than that, not less. Raises ForReview where a
    person is to decide about mails of strangers.
    """
    remarks = tuple(f"Ticket #{number}, which the mail names, does not exist" for number in named.unknown[:3])
    for candidate in named.candidates:
        joining = _joining(sender, candidate, {is_open, candidate.ticket.queue.reply_policy})
        if joining is not None:
            return Place(candidate.ticket, joining, None, remarks + _mark(joining))
    if not named.candidates:
        return Place(remarks=remarks)
    claimed = named.candidates[0].ticket
    if "review" in (is_open, claimed.queue.reply_policy):
        raise ForReview(f"{sender.address or 'Somebody'} takes no part in ticket #{claimed.id}.", claimed.id)
    claim = f"The mail claims to belong to ticket #{claimed.id}, of which the sender is no participant"
    return Place(None, Joining.PARTICIPANT, claimed, (*remarks, claim))


def choose_ccs(
    system: Work, queue: Queue, mail: IncomingMail, own: Own, sender: User
) -> tuple[list[int], list[str]]:
    """Ids of the people that become Ccs by the queue's policy, and remarks."""
    if queue.cc_policy not in ("known", "all") or mail.auto is not AutoKind.HUMAN:
        return [], []
    others: dict[str, Address] = {}
    for address in (*mail.to, *mail.cc)[:LOOKED_AT]:
        if is_usable(address.address) and not is_own(address.address, own.addresses):
            others.setdefault(address.address.lower(), address)
    others.pop((sender.email_address or "").lower(), None)
    remarks = (
        [f"Only {MOST_CCS} of {len(others)} other addresses were looked at"] if len(others) > MOST_CCS else []
    )
    wanted = dict(list(others.items())[:MOST_CCS])
    if not wanted:
        return [], remarks
    first = select(func.lower(User.email_address), User.id, Principal.disabled)
    further = select(UserAddress.address, UserAddress.user_id, Principal.disabled)
    rows = system.db.execute(
        union_all(
            first.join(Principal, Principal.id == User.id).where(func.lower(User.email_address).in_(wanted)),
            further.join(Principal, Principal.id == UserAddress.user_id).where(
                UserAddress.address.in_(wanted)
            ),
        )
    )
    known = {address: None if disabled else user_id for address, user_id, disabled in rows}
    if queue.cc_policy == "all":
        for folded, address in wanted.items():
            if folded not in known:
                known[folded] = person_of(system, address).id
    return [user_id for user_id in known.values() if user_id is not None and user_id != sender.id], remarks


@dataclass(frozen=True, slots=True)
class Pressure:
    """The counters that a new ticket by mail raises, and how high they stand."""

    keys: tuple[str, ...]
    is_loop: bool


def check_pressure(work: Work, sender: Sender, queue: Queue, subject: str, *, released: bool) -> Pressure:
    """Raises Held when this sender, the sender's domain or the queue has had its fill of new tickets this hour."""
    address = sender.address.lower() or "nobody"
    mail = work.app.config.mail
    alike = hashlib.sha256(
        f"{queue.id} {address} {_ALIKE.sub('', subject.lower())}".encode("utf-8", "replace")
    )
    by_sender, by_domain = f"mail:sender:{address}", f"mail:domain:{address.rpartition('@')[2]}"
    by_queue, by_subject = f"mail:queue:{queue.id}", f"mail:alike:{alike.hexdigest()[:32]}"
    keys = tuple(key[:200] for key in (by_sender, by_domain, by_queue, by_subject))
    hits = hits_so_far(work.db, keys, HOUR, work.now)
    caps = (
        (keys[0], mail.max_new_tickets_per_hour, f"{address} has"),
        (keys[1], mail.max_new_tickets_per_domain_per_hour, f"The domain {address.rpartition('@')[2]} has"),
        (keys[2], mail.max_new_tickets_per_queue_per_hour, f"Queue {queue.name} has"),
    )
    for key, cap, who in caps:
        if not released and hits.get(key, 0) >= cap:
            raise Held(f"A flood: {who} got {cap} new tickets by mail within the hour.")
    return Pressure(keys, hits.get(keys[3], 0) >= MOST_ALIKE)


_ALIKE = re.compile(r"[\W\d_]+|\b(?:re|aw|fwd?|wg|sv|antw)\b")


def _joining(sender: Sender, candidate: Candidate, policies: set[str]) -> Joining | None:
    ticket = candidate.ticket
    if sender.believed and _is_participant(sender.work, ticket):
        return Joining.PARTICIPANT
    if (
        sender.believed
        and "organization" in policies
        and _same_organization(sender.work, sender.user, ticket)
    ):
        return Joining.PARTICIPANT
    if sender.believed and candidate.signed:
        return Joining.ANSWER
    return Joining.NOTE if "anyone" in policies else None


def _is_participant(work: Work, ticket: Ticket) -> bool:
    """Plays a role on the ticket, or may read it anyway, as staff."""
    return may(work, ticket, Right.SHOW_TICKET) or bool(roles_held(work.db, work.rights.principals, ticket))


def _same_organization(work: Work, user: User, ticket: Ticket) -> bool:
    mine = organization_of(work.db, user) if ticket.organization_id is not None else None
    return mine is not None and mine[0] == ticket.organization_id


def _mark(joining: Joining) -> tuple[str, ...]:
    if joining is Joining.PARTICIPANT:
        return ()
    return ("The sender is no participant of this ticket",)
