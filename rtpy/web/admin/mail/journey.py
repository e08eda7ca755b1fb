"""What happened to one incoming mail, step by step: from the socket to the ticket and the mails that followed."""

from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.mail.trust.words import describe_checks
from rtpy.models import IncomingMail, Mailbox, OutgoingMail, OutgoingRecipient, Transaction
from rtpy.web.html import Html
from rtpy.web.shown import Link

MOST_MAILS = 50
"""Outgoing mails of one cause that are listed."""
_KINDS = {
    "human": "A person seems to have written it.",
    "auto_reply": "A program has written it, such as a note of absence or a report: it gets no automatic answer.",
    "bulk": "It was sent to many: it gets no automatic answer.",
    "list": "It came through a mailing list: it gets no automatic answer.",
    "bounce": "It is a mail server's report about a mail of ours.",
    "own_loop": "We sent it ourselves.",
}
_TYPES = {"Create": "a new ticket", "Correspond": "a reply", "Comment": "an internal comment"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was done, sentences about it, and places to look at; `when` where it is known."""

    title: str
    sentences: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    when: Html | None = None
    tone: str = ""


def journey_of(request: Request, mail: IncomingMail) -> list[Step]:
    """All steps in order, as far as they are known. At most four queries."""
    steps = [_came(request, mail), _stored(mail)]
    if mail.message_id or mail.sender or mail.subject or mail.auto_kind:
        steps.append(_read(mail))
    if checks := describe_checks(mail.transport):
        steps.append(Step("Sender checked", tuple(f"{label}: {said}." for label, said in checks)))
    if mail.steps:
        steps.append(Step("Decided", tuple(mail.steps)))
    steps.append(_ended(request, mail))
    if mail.transaction_id is not None:
        steps.append(_sent(request, mail.transaction_id))
    return steps


def _came(request: Request, mail: IncomingMail) -> Step:
    facts = mail.transport
    told, links = [], []
    name = facts.get("mailbox", "")
    if name:
        told.append(f"It was fetched from the mailbox “{name}” ({mail.peer}).")
        number = request.db.scalar(select(Mailbox.id).where(Mailbox.name == name))
        if number is not None:
            links.append(Link(name, request.route_path("admin.mailbox.display", id=number)))
    elif mail.peer.startswith("lmtp"):
        told.append("A mail server handed it in by LMTP.")
    else:
        told.append(
            f"The mail gateway took it from {mail.peer}." if mail.peer else "The mail gateway took it."
        )
    told += [
        f"{label}: {facts[key]}."
        for key, label in (
            ("envelope_sender", "Sender of the envelope"),
            ("recipient", "Recipient of the envelope"),
            ("extension", "Behind the plus"),
        )
        if facts.get(key)
    ]
    what = "an internal comment" if mail.action == "comment" else "a reply or a new ticket"
    told.append(f"It came for the queue {mail.queue}, as {what}.")
    if mail.ticket:
        told.append(f"Ticket {mail.ticket} was named along with it.")
    return Step("Came in", tuple(told), tuple(links), request.when(mail.received))


def _stored(mail: IncomingMail) -> Step:
    if mail.state == "refused" and len(mail.raw) < mail.size:
        return Step("Stored", (f"Of its {mail.size:,} bytes the first {len(mail.raw):,} are kept.",))
    return Step("Stored", (f"All {mail.size:,} bytes, before anything looked inside.",))


def _read(mail: IncomingMail) -> Step:
    told = [
        f"Its number is {mail.message_id}." if mail.message_id else "It has no Message-ID.",
        f"From: {mail.sender}." if mail.sender else "It names no sender.",
        _KINDS.get(mail.auto_kind, ""),
    ]
    return Step("Read", tuple(filter(None, told)))


def _ended(request: Request, mail: IncomingMail) -> Step:
    path = request.route_path
    told = [mail.reason] if mail.reason else []
    links = []
    if mail.transport.get("released_by"):
        told.append(f"{mail.transport['released_by']} let it in by hand.")
    if mail.attempts > 1:
        told.append(f"It took {mail.attempts} tries.")
    if mail.next_attempt is not None and mail.state == "received":
        told.append("It is tried again.")
    if mail.duplicate_of_id:
        links.append(
            Link("The first of its kind", path("admin.mail.incoming.display", id=mail.duplicate_of_id))
        )
    if mail.ticket_id:
        transaction = request.db.get(Transaction, mail.transaction_id) if mail.transaction_id else None
        what = _TYPES.get(transaction.type, "an entry in the history") if transaction is not None else ""
        if what:
            told.append(f"It is {what}.")
        anchor = f"#txn-{mail.transaction_id}" if mail.transaction_id else ""
        links.append(Link(f"Ticket #{mail.ticket_id}", path("ticket.display", id=mail.ticket_id) + anchor))
    tone = {"done": "ok", "quarantined": "bad", "refused": "bad"}.get(mail.state, "")
    when = request.when(mail.finished) if mail.finished else None
    return Step(_ENDS.get(mail.state, mail.state), tuple(told), tuple(links), when, tone)


_ENDS = {
    "received": "Waits for another try",
    "working": "Is being worked on",
    "done": "Taken in",
    "duplicate": "The same mail was there already",
    "refused": "Refused",
    "quarantined": "Held for a person",
    "junk": "Junk",
    "review": "Waits for review",
}


def _sent(request: Request, transaction_id: int) -> Step:
    mails = request.db.execute(
        select(OutgoingMail.id, OutgoingMail.state, OutgoingMail.subject)
        .where(OutgoingMail.transaction_id == transaction_id)
        .order_by(OutgoingMail.id)
        .limit(MOST_MAILS)
    ).all()
    if not mails:
        return Step("Mails because of it", ("None.",))
    rows = request.db.execute(
        select(OutgoingRecipient.mail_id, OutgoingRecipient.address)
        .where(OutgoingRecipient.mail_id.in_([mail.id for mail in mails]))
        .order_by(OutgoingRecipient.id)
    )
    addresses: dict[int, list[str]] = {}
    for row in rows:
        addresses.setdefault(row.mail_id, []).append(row.address)
    links = tuple(
        Link(
            f"{', '.join(addresses.get(mail.id, ())) or 'nobody'}: {mail.state}",
            request.route_path("admin.mail.outgoing.display", id=mail.id),
        )
        for mail in mails
    )
    return Step("Mails because of it", (), links)
