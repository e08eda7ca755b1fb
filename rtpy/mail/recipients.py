"""Who gets a mail and who does not, each with the reason (RT: Action/Notify.pm, Action/SendEmail.pm)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from rtpy.errors import Invalid, Problem
from rtpy.mail.occasion import Occasion
from rtpy.mail.people import People, Person, find_people
from rtpy.mail.readers import Readers
from rtpy.mail.return_address import own_addresses
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.rights.names import Right

OTHER = "OtherRecipients"
UNDELIVERABLE = 2
"""Permanent failures in a row after which an address counts as undeliverable."""

_WORDS = (OWNER, REQUESTOR, CC, ADMIN_CC, OTHER, "All", "AlwaysNotifyActor", "NeverNotifyActor")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a scrip's argument names. `is_answer`: an automatic answer, which its own cause may get."""

    roles: frozenset[str]
    others: bool = False
    """The one-time recipients of the message."""
    actor_too: bool = False
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one mail; `kind` is to, cc or bcc."""

    kind: str
    address: str
    name: str
    is_staff: bool


@dataclass(slots=True)
class Chosen:
    """The recipients, each address once, and why others get nothing."""

    recipients: list[Recipient] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def only_staff(self) -> bool:
        """Nobody but staff gets it."""
        return all(recipient.is_staff for recipient in self.recipients)

    def why_nobody(self) -> str:
        """The reasons, for the log of the scrip."""
        reasons = list(dict.fromkeys(self.left_out))
        more = f" and {len(reasons) - 5} more" if len(reasons) > 5 else ""
        return "nobody to notify: " + ("; ".join(reasons[:5]) + more if reasons else "nobody has that role")


@lru_cache(maxsize=256)
def read_audience(argument: str) -> Audience:
    """RT's argument of Notify: a comma list such as `Owner,AdminCc`. Raises Invalid for a word it does not know."""
    known = {word.lower(): word for word in _WORDS}
    words: set[str] = set()
    for part in filter(None, (part.strip() for part in argument.split(","))):
        if part.lower() not in known:
            raise Invalid(
                Problem("argument", f"“{part}” is nobody to notify: choose of {', '.join(_WORDS)}.")
            )
        words.add(known[part.lower()])
    roles = {OWNER, REQUESTOR, CC, ADMIN_CC}
    return Audience(
        roles=frozenset(roles if "All" in words else words & roles),
        others=OTHER in words,
        actor_too="AlwaysNotifyActor" in words and "NeverNotifyActor" not in words,
    )


def choose_recipients(occasion: Occasion, audience: Audience, *, internal: bool) -> Chosen:
    """Everybody who is to get a mail about this occasion. Reads only.

    `internal` mails hold what customers must not read: they go to staff who may read comments of this ticket and to
    nobody else, whatever the scrip says.
    """
    chosen = Chosen()
    own = own_addresses(occasion.work.app, occasion.work.db)
    taken: set[str] = set()
    for kind, person, role in _wanted(occasion.people, audience):
        folded = person.address.strip().lower()
        if folded in taken:
            continue
        reason = _reason_against(occasion, audience, person, role, internal=internal) or (
            f"{folded} is our own address" if _is_ours(folded, own) else None
        )
        if reason:
            chosen.left_out.append(reason)
            continue
        taken.add(folded)
        _take(chosen, kind, person)
    if audience.others:
        _others(occasion, chosen, own, taken, internal=internal)
    _promote(chosen)
    return chosen


def _wanted(people: People, audience: Audience) -> Iterator[tuple[str, Person, str]]:
    """RT's table: header, person and role."""
    if REQUESTOR in audience.roles:
        yield from (("to", person, REQUESTOR) for person in people.on_ticket.get(REQUESTOR, ()))
    if CC in audience.roles:
        yield from (("cc", person, CC) for person in people.on_ticket.get(CC, ()))
        yield from (("qcc", person, "") for person in people.on_queue.get(CC, ()))
    if OWNER in audience.roles and people.owner:
        yield ("owner", people.owner, OWNER)
    if ADMIN_CC in audience.roles:
        yield from (("bcc", person, ADMIN_CC) for person in people.playing(ADMIN_CC))


def _reason_against(
    occasion: Occasion, audience: Audience, person: Person, role: str, *, internal: bool
) -> str | None:
    address = person.address.strip().lower()
    if not address:
        return f"{person.name} has no mail address"
    message = occasion.message
    if person.id == occasion.people.actor.id and not (audience.is_answer or audience.actor_too):
        return f"{person.name} did it"
    if message and address in {squelched.strip().lower() for squelched in message.squelch}:
        return f"{address} is not to hear of this"
    if message and message.auto_generated and not person.is_staff:
        return f"a machine wrote it, so {address} gets no mail"
    return _reason_of_rights(occasion, person, role, internal=internal)


def _reason_of_rights(occasion: Occasion, person: Person, role: str, *, internal: bool) -> str | None:
    """Staff get what they may read; a request of their own and one they are Cc of reaches them like any customer."""
    if not person.is_staff:
        return f"{person.address} is no staff and must not read comments" if internal else None
    if not internal and role in (REQUESTOR, CC):
        return None
    readers = occasion.once(
        "readers", lambda: Readers(occasion.work, occasion.ticket.queue_id, occasion.people)
    )
    if not readers.may(person, Right.SHOW_TICKET):
        return f"{person.name} may not see this ticket"
    if internal and not readers.may(person, Right.SHOW_TICKET_COMMENTS):
        return f"{person.name} may not read comments here"
    return None


def _is_ours(folded: str, own: frozenset[str]) -> bool:
    """One of ours, with or without a `+detail`; both sides are folded."""
    local, at, domain = folded.rpartition("@")
    return folded in own or f"{local.partition('+')[0]}{at}{domain}" in own


def _take(chosen: Chosen, kind: str, person: Person) -> None:
    chosen.recipients.append(Recipient(kind, person.address.strip(), person.name, person.is_staff))
    if person.failures >= UNDELIVERABLE:
        chosen.remarks.append(f"{person.address} has refused our last {person.failures} mails")


def _others(
    occasion: Occasion, chosen: Chosen, own: frozenset[str], taken: set[str], *, internal: bool
) -> None:
    """One-time recipients: neither squelched nor left out as the actor, and never named in a header (A22)."""
    message = occasion.message
    if message is None:
        return
    addresses = [
        address.strip() for address in (*message.one_time_cc, *message.one_time_bcc) if address.strip()
    ]
    known = find_people(occasion.work, addresses)
    for address in addresses:
        folded = address.lower()
        if folded in taken:
            continue
        person = known.get(folded) or Person(0, "", address, is_staff=False)
        if _is_ours(folded, own):
            chosen.left_out.append(f"{address} is our own address")
        elif internal and (reason := _reason_of_rights(occasion, person, "", internal=True)):
            chosen.left_out.append(reason)
        else:
            taken.add(folded)
            _take(chosen, "bcc", person)


def _promote(chosen: Chosen) -> None:
    """RT: the queue's Ccs are Cc, the owner is Bcc; both stand in To when nobody else does."""
    has_to = any(recipient.kind == "to" for recipient in chosen.recipients)
    kinds = {"qcc": "cc" if has_to else "to"}
    has_to = has_to or any(recipient.kind == "qcc" for recipient in chosen.recipients)
    kinds["owner"] = "bcc" if has_to else "to"
    chosen.recipients = [
        Recipient(kinds.get(one.kind, one.kind), one.address, one.name, one.is_staff)
        for one in chosen.recipients
    ]
