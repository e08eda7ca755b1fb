"""What was found out about a mail and decided, as sentences for an administrator; kept with it in the spool."""

from rtpy.mail.finding import Named
from rtpy.mail.policy import Joining, Place
from rtpy.mail.senders import Sender
from rtpy.mail.sorting.filing import Decided
from rtpy.mail.trust.proof import Proof
from rtpy.models import Queue

MOST = 5
"""Tickets and remarks of one mail that are told."""

_PROOFS = {
    Proof.PASSED: "The address is proved.",
    Proof.FAILED: "The check of the address failed.",
    Proof.NOTHING: "Nothing proves the address, and nothing speaks against it.",
}
_JOINED = {
    Joining.PARTICIPANT: "The sender takes part in ticket #{}, so the mail joins it.",
    Joining.ANSWER: "The sender takes no part in ticket #{}, but answers a mail of ours: it joins, and is marked.",
    Joining.NOTE: "The sender takes no part in ticket #{}; anyone may add there: it becomes a note for staff.",
}


def about_sender(sender: Sender) -> list[str]:
    """Who it is and how far that is believed."""
    who = "a member of staff" if sender.is_staff else "a customer"
    address = f" by the address {sender.address}" if sender.address else ""
    told = [f"The sender is {sender.user.display_name}{address}, {who}.", _PROOFS[sender.proof]]
    if not sender.believed:
        told.append("Without a proof it does not count as staff's: it is a stranger's mail.")
    return told


def about_named(named: Named) -> list[str]:
    """Which tickets the mail names."""
    told = []
    for candidate in named.candidates[:MOST]:
        by = (
            "by the sign of a mail that we sent"
            if candidate.signed
            else "by its subject, a header, or whoever handed it in"
        )
        told.append(f"It names ticket #{candidate.ticket.id}, {by}.")
    told += [f"It names ticket #{number}, which does not exist." for number in named.unknown[:MOST]]
    return told or ["It names no ticket."]


def about_place(place: Place) -> list[str]:
    """Where it goes, and why."""
    if place.ticket is not None:
        return [_JOINED[place.joining].format(place.ticket.id)]
    if place.claimed is not None:
        number = place.claimed.id
        return [f"The sender takes no part in ticket #{number}: it becomes a new one that refers to it."]
    return ["It becomes a new ticket."]


def about_rules(decided: Decided, queue: Queue) -> list[str]:
    """What the rules for new mail said."""
    told = [f"{remark.rstrip('.')}." for remark in decided.remarks[:MOST]]
    if decided.queue.id != queue.id:
        told.append(f"Rules send it to the queue {decided.queue.name} instead of {queue.name}.")
    return told
