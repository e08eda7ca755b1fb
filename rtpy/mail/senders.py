"""Who wrote a mail: the person found or made, and how far the address can be believed."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rtpy.changes.people import create_person, find_alike, find_by_name, system_groups
from rtpy.errors import Refused
from rtpy.mail.addresses import is_own
from rtpy.mail.message import Address, IncomingMail
from rtpy.mail.own import Own
from rtpy.mail.trust.judge import proof_of
from rtpy.mail.trust.proof import Findings, Proof
from rtpy.mail.trust.results import prove
from rtpy.models import User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Actor, Face, Work

UNKNOWN_SENDER = "Unknown sender"
"""The person for mails without any readable sender; has no address."""
NO_FINDINGS = Findings()


@dataclass(frozen=True, slots=True)
class Sender:
    """A person, this person's work, the address that stood in the mail, and whether that can be believed.

    Only a member of staff has to be believed: everybody else gains nothing by a forged address but their own tickets.
    """

    user: User
    work: Work
    address: str
    believed: bool
    remarks: tuple[str, ...] = ()
    proof: Proof = Proof.NOTHING
    is_staff: bool = False

    @property
    def is_proved_staff(self) -> bool:
        """A member of staff whose address is proved: the only one who may give orders by mail."""
        return self.is_staff and self.proof is Proof.PASSED


def find_sender(
    system: Work,
    mail: IncomingMail,
    transport: Mapping[str, str],
    own: Own,
    findings: Findings = NO_FINDINGS,
) -> Sender:
    """The person who sent `mail`, made when unknown; never one of our own addresses. Raises Refused when disabled."""
    remarks: list[str] = []
    named = (*((mail.sender,) if mail.sender else ()), *mail.from_[:1])
    address = next(
        (one for one in named if is_usable(one.address) and not is_own(one.address, own.addresses)), None
    )
    if address is None:
        address = _envelope(mail, transport)
        remarks.append(
            "The sender is known from the envelope only" if address else "Nobody knows who sent this"
        )
    user = person_of(system, address) if address else _unknown(system)
    work = system.as_actor(Actor(user.id, user.name, Face.MAIL))
    if user.id not in work.rights.principals:
        raise Refused(f"{user.display_name} is disabled: mails of this person are not taken in.")
    proof = proof_of(system.app, mail, address.address if address else "", findings)
    believed = True
    staff = is_staff(work)
    if staff and proof is not Proof.PASSED:
        believed = proof is Proof.NOTHING and system.app.config.mail.trust_staff == "address"
        remarks.append("The sender, a member of staff by the address, is not proved")
    return Sender(user, work, address.address if address else "", believed, tuple(remarks), proof, staff)


def is_staff(work: Work) -> bool:
    """Is the actor privileged?"""
    return work.rights.super_user or system_groups(work, (PRIVILEGED,))[0] in work.rights.principals


def person_of(system: Work, address: Address) -> User:
    """The enabled or disabled person with that address, made when unknown; by address only, never by login name."""
    wanted = address.address if address.address.isascii() else address.address.lower()
    people = find_alike(system.db, wanted)
    found = next((user for user, is_address in people if is_address), None)
    return found or _make(system, wanted, address.name, is_name_taken=bool(people))


def is_usable(address: str) -> bool:
    """Can this be somebody's address, as far as its form goes?"""
    local, _, domain = address.rpartition("@")
    return bool(local and domain) and len(address) <= 320 and not _BAD.search(address)


_BAD = re.compile(r"[\s\x00-\x20\x7f<>\ud800-\udfff]")
_RETURN_PATH = re.compile(
    r"^return-path[ \t]*:[ \t]*<?([^<>\s@]{1,64}@[^<>\s@]{1,255})>?[ \t]*$", re.I | re.M
)


def _envelope(mail: IncomingMail, transport: Mapping[str, str]) -> Address | None:
    candidates = [transport.get("envelope_sender", "")]
    if found := _RETURN_PATH.search(mail.message.headers):
        candidates.append(found[1])
    return next((Address("", one) for one in candidates if is_usable(one)), None)


def _make(system: Work, address: str, name: str, *, is_name_taken: bool) -> User:
    login = address
    if len(address) > 200 or is_name_taken:
        login = f"{address[:180]} {hashlib.sha256(address.lower().encode()).hexdigest()[:8]}"
    return create_person(
        system,
        name=login,
        email_address=address,
        real_name=name[:255],
        comments="Made when the first mail came in.",
    )


def _unknown(system: Work) -> User:
    return find_by_name(system.db, UNKNOWN_SENDER) or create_person(
        system,
        name=UNKNOWN_SENDER,
        real_name=UNKNOWN_SENDER,
        comments="Stands for senders that no one can read.",
    )


__all__ = ["Proof", "Sender", "find_sender", "is_staff", "is_usable", "person_of", "prove"]
