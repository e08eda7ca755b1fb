"""Who gets a mail and who does not, each with the reason (RT: Action/Notify.pm, Action/SendEmail.pm)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rtpy.changes.own_addresses import is_ours, own_addresses
from rtpy.changes.roles import Roles, roles_of
from rtpy.errors import Invalid, Problem
from rtpy.mail.occasion import Occasion
from rtpy.mail.people import Person, find_people
from rtpy.mail.readers import Readers
from rtpy.mail.wishes import reason_at_all, reason_by_choice, wants_own_deeds
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.rights.names import Right

OTHER = "OtherRecipients"
UNDELIVERABLE = 2
"""Permanent failures in a row after which an address counts as undeliverable."""

_WORDS = (OWNER, REQUESTOR, CC, ADMIN_CC, OTHER, "All", "AlwaysNotifyActor", "NeverNotifyActor")
_KNOWN = {word.lower(): word for word in _WORDS}
_KINDS = ("to", "cc", "bcc")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a scrip's argument names. `is_answer`: an automatic answer, which its own cause may get."""

    roles: frozenset[str]
    others: bool = False
    """The one-time recipients of the message."""
    actor_too: bool = False
    is_answer: bool = False
    custom: tuple[tuple[str, str], ...] = ()
    """Custom roles as watchers name them, each with its header: to, cc or bcc."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one mail; `kind` is to, cc or bcc, `why` says in words by which role."""

    kind: str
    address: str
    name: str
    is_staff: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody who would get the mail and does not. `waits_for`: the person whose digest tells it, 0 for none."""

    recipient: Recipient
    reason: str
    waits_for: int = 0


@dataclass(slots=True)
class Chosen:
    """The recipients, each address once, and why others get nothing."""

    recipients: list[Recipient] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    """Those of the others of whom the ticket tells: by their own choice, or by the list of suppressed addresses."""
    left_out: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """The same reasons by folded address, for a preview."""

    def leave_out(self, address: str, reason: str) -> None:
        """Note why somebody gets nothing."""
        self.left_out.append(reason)
        self.refused.setdefault(address.lower(), reason)

    def skip(self, skipped: Skipped) -> None:
        """Note one who would get it and does not."""
        self.skipped.append(skipped)
        self.leave_out(skipped.recipient.address, skipped.reason)

    @property
    def only_staff(self) -> bool:
        """Nobody but staff gets it."""
        return all(recipient.is_staff for recipient in self.recipients)

    def why_nobody(self) -> str:
        """The reasons, for the log of the scrip."""
        reasons = list(dict.fromkeys(self.left_out))
        more = f" and {len(reasons) - 5} more" if len(reasons) > 5 else ""
        return "nobody to notify: " + ("; ".join(reasons[:5]) + more if reasons else "nobody has that role")


def read_audience(argument: str, roles: Roles | None = None) -> Audience:
    """RT's argument of Notify: a comma list such as `Owner,AdminCc,Approver/To`.

    A custom role stands there by its name or as `RT::CustomRole-3`, with the header after a slash: To, Cc (also
    without any) or Bcc. Raises Invalid for a word that is neither known nor the name of one of `roles`; where they are
    not known, as when a scrip is saved, only the form is looked at.
    """
    words: set[str] = set()
    custom: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in argument.split(","))):
        if part.lower() in _KNOWN:
            words.add(_KNOWN[part.lower()])
            continue
        name, slash, header = part.partition("/")
        kind = header.strip().lower() if slash else "cc"
        known = roles.named(name) if roles else None
        role = known.role if known else name.strip() if roles is None and slash else ""
        if not role or kind not in _KINDS:
            raise Invalid(
                Problem(
                    "argument",
                    f"“{part}” is nobody to notify: choose of {', '.join(_WORDS)}, or a custom role with /To, /Cc "
                    "or /Bcc.",
                )
            )
        custom.setdefault(role, kind)
    built_in = {OWNER, REQUESTOR, CC, ADMIN_CC}
    return Audience(
        roles=frozenset(built_in if "All" in words else words & built_in),
        others=OTHER in words,
        actor_too="AlwaysNotifyActor" in words and "NeverNotifyActor" not in words,
        custom=tuple(custom.items()),
    )


def audience_of(occasion: Occasion, argument: str) -> Audience:
    """The same with the custom roles that there are."""
    return read_audience(argument, roles_of(occasion.work.app, occasion.work.db))


def choose_recipients(occasion: Occasion, audience: Audience, *, internal: bool) -> Chosen:
    """Everybody who is to get a mail about this occasion. Reads only.

    `internal` mails hold what customers must not read: they go to staff who may read comments of this ticket and to
    nobody else, whatever the scrip says; but for outsiders to whom the writer himself sends this one knowingly.
    """
    chosen = Chosen()
    own = own_addresses(occasion.work.app, occasion.work.db)
    taken: set[str] = set()
    waiting: dict[str, Skipped] = {}
    for wanted in _wanted(occasion, audience):
        person = wanted.person
        folded = person.address.strip().lower()
        if folded in taken:
            continue
        reason = _reason_against(occasion, audience, person, wanted.role, internal=internal) or (
            f"{folded} is our own address" if is_ours(folded, own) else None
        )
        if reason:
            chosen.leave_out(folded or person.name, reason)
            continue
        by_role = "" if audience.is_answer else wanted.role or ADMIN_CC
        if why_not := reason_by_choice(occasion, person, by_role, on_queue=wanted.on_queue):
            # Whoever is named twice gets what they want most.
            if folded not in waiting or why_not.waits:
                waiting[folded] = Skipped(wanted.shown(), why_not.words, waits_for=why_not.user_id)
            continue
        taken.add(folded)
        _take(chosen, wanted.kind, person, wanted.why)
    for folded, skipped in waiting.items():
        if folded not in taken:
            taken.add(folded)
            chosen.skip(skipped)
    if audience.others:
        _others(occasion, chosen, own, taken, internal=internal)
    _promote(chosen)
    return chosen


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Somebody whom the argument names: in which header, by which role, and that in words.

    `role` is empty where it is played on the queue and staff must be allowed to see the ticket besides.
    """

    kind: str
    person: Person
    role: str
    why: str
    on_queue: bool = False

    def shown(self) -> Recipient:
        """The recipient, with a header that there is."""
        kind = {"owner": "to", "qcc": "cc"}.get(self.kind, self.kind)
        person = self.person
        return Recipient(kind, person.address.strip(), person.name, person.is_staff, self.why)


def _wanted(occasion: Occasion, audience: Audience) -> Iterator[_Wanted]:
    """RT's table; who stands in To comes first, so that nobody gets there by a lesser role."""
    people, custom = occasion.people, dict(audience.custom)
    by_kind: dict[str, list[str]] = {
        kind: [role for role, at in custom.items() if at == kind] for kind in _KINDS
    }
    if REQUESTOR in audience.roles:
        yield from _playing(occasion, "to", REQUESTOR)
    for role in by_kind["to"]:
        yield from _playing(occasion, "to", role)
    if CC in audience.roles:
        yield from _playing(occasion, "cc", CC, queue_kind="qcc")
    for role in by_kind["cc"]:
        yield from _playing(occasion, "cc", role)
    if OWNER in audience.roles and people.owner:
        yield _Wanted("owner", people.owner, OWNER, "owner")
    if ADMIN_CC in audience.roles:
        yield from _playing(occasion, "bcc", ADMIN_CC)
    for role in by_kind["bcc"]:
        yield from _playing(occasion, "bcc", role)


def _playing(occasion: Occasion, kind: str, role: str, queue_kind: str = "") -> Iterator[_Wanted]:
    """Everybody who plays a role on the ticket, then those who play it on its queue."""
    people, work = occasion.people, occasion.work
    words = roles_of(work.app, work.db).words(role)
    for person in people.on_ticket.get(role, ()):
        yield _Wanted(kind, person, role, _through(words, person))
    if role == REQUESTOR:
        return
    for person in people.on_queue.get(role, ()):
        by_right = "" if role == CC else role
        why = _through(f"{words} of the queue", person)
        yield _Wanted(queue_kind or kind, person, by_right, why, on_queue=True)


def _through(words: str, person: Person) -> str:
    return f"{words}, through group {person.via}" if person.via else words


def _reason_against(
    occasion: Occasion, audience: Audience, person: Person, role: str, *, internal: bool
) -> str | None:
    address = person.address.strip().lower()
    if not address:
        return f"{person.name} has no mail address"
    message = occasion.message
    if address in occasion.people.squelched:
        return f"{address} gets no mail of this ticket"
    if person.id == occasion.people.actor.id and not (
        audience.is_answer or audience.actor_too or wants_own_deeds(occasion, person)
    ):
        return f"{person.name} did it"
    if address in occasion.work.spared or (
        message and address in {squelched.strip().lower() for squelched in message.squelch}
    ):
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


def _take(chosen: Chosen, kind: str, person: Person, why: str) -> None:
    chosen.recipients.append(Recipient(kind, person.address.strip(), person.name, person.is_staff, why))
    if person.failures >= UNDELIVERABLE:
        chosen.remarks.append(f"{person.address} has refused our last {person.failures} mails")


def _others(
    occasion: Occasion, chosen: Chosen, own: frozenset[str], taken: set[str], *, internal: bool
) -> None:
    """One-time recipients: neither squelched nor left out as the actor, and never named in a header (A22)."""
    message = occasion.message
    if message is None:
        return
    wanted = [(address.strip(), "one-time Cc") for address in message.one_time_cc]
    wanted += [(address.strip(), "one-time Bcc") for address in message.one_time_bcc]
    known = find_people(occasion.work, [address for address, _ in wanted if address])
    for address, why in wanted:
        folded = address.lower()
        if not address or folded in taken:
            continue
        person = known.get(folded) or Person(0, "", address, is_staff=False)
        if person.address.strip().lower() != folded:  # a further one, of which no failure is known
            person = replace(person, address=address, failures=0)
        if is_ours(folded, own):
            chosen.leave_out(address, f"{address} is our own address")
        elif internal and (reason := _reason_against_other(occasion, person)):
            chosen.leave_out(address, reason)
        elif reason := reason_at_all(occasion, person):
            taken.add(folded)
            chosen.skip(Skipped(Recipient("bcc", address, person.name, person.is_staff, why), reason))
        else:
            taken.add(folded)
            _take(chosen, "bcc", person, why)


def _reason_against_other(occasion: Occasion, person: Person) -> str | None:
    """A comment goes to staff; to an outsider when its writer says so, but never to a customer of this ticket."""
    message = occasion.message
    folded = person.address.strip().lower()
    if (
        person.is_staff
        or message is None
        or folded not in {each.strip().lower() for each in message.outsiders}
    ):
        return _reason_of_rights(occasion, person, "", internal=True)
    same = {person.id} - {0}
    if any(each.id in same or each.address.strip().lower() == folded for each in occasion.people.customers()):
        return f"{person.address} is a customer on this ticket and must not read comments"
    return None


def _promote(chosen: Chosen) -> None:
    """RT: the queue's Ccs are Cc, the owner is Bcc; both stand in To when nobody else does."""
    has_to = any(recipient.kind == "to" for recipient in chosen.recipients)
    kinds = {"qcc": "cc" if has_to else "to"}
    has_to = has_to or any(recipient.kind == "qcc" for recipient in chosen.recipients)
    kinds["owner"] = "bcc" if has_to else "to"
    chosen.recipients = [
        replace(one, kind=kinds[one.kind]) if one.kind in kinds else one for one in chosen.recipients
    ]
