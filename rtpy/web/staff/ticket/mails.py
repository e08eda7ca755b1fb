"""Mails that the entries of a ticket sent, and what became of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pyramid.request import Request
from sqlalchemy import Boolean, bindparam, or_, select
from sqlalchemy.orm import Session

from rtpy.db.among import among
from rtpy.mail.personal import shown_text
from rtpy.mail.sealed_words import hide_words
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.web.shown import MailState

STATE_WORDS = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "sent": "sent",
    "failed": "not delivered",
    "held": "held back",
    "canceled": "cancelled, will not be sent",
}
RECIPIENT_TONES = {"sent": "ok", "failed": "bad", "skipped": "warn", "digest": "info", "digested": "ok"}
RECIPIENT_WORDS = {"skipped": "not sent", "digest": "waits for the digest", "digested": "told in a digest"}
NOT_TOLD = ("skipped", "digest", "digested")
"""States of recipients to whom the mail itself does not go."""


@dataclass(frozen=True, slots=True)
class SentTo:
    """One recipient: `state` as in `OutgoingRecipient`, `answer` the other server's, or why there is no mail."""

    kind: str
    address: str
    name: str
    state: str
    answer: str


@dataclass(slots=True)
class SentMail:
    """One outgoing mail of an entry."""

    id: int
    state: str
    internal: bool
    attempts: int
    answer: str
    recipients: list[SentTo] = field(default_factory=list)


def read_mails(
    db: Session, ticket_ids: Sequence[int], transaction_ids: Sequence[int], *, internal: bool
) -> dict[int, list[SentMail]]:
    """The mails by transaction, in one query; `internal`: those too that only staff may read."""
    if not transaction_ids:
        return {}
    values = {"tickets": list(ticket_ids), "first": min(transaction_ids), "internal": internal}
    found: dict[int, dict[int, SentMail]] = defaultdict(dict)
    for row in db.connection().execute(_MAILS, values).all():
        mail = found[row.transaction_id].setdefault(
            row.id, SentMail(row.id, row.state, row.internal, row.attempts, row.last_answer)
        )
        if row.address:
            mail.recipients.append(
                SentTo(row.kind, row.address, row.name, row.recipient_state, row.recipient_answer)
            )
    return {transaction: list(mails.values()) for transaction, mails in found.items()}


def show_mails(here: str, mails: Sequence[SentMail]) -> tuple[MailState, ...]:
    """A mark for each mail; `here` is the address of the ticket."""
    return tuple(mail_state(mail, f"{here}/mail/{mail.id}") for mail in mails)


def mail_state(mail: SentMail, url: str | None) -> MailState:
    """In words: who got it, who did not, or why it waits."""
    kept_back = [each for each in mail.recipients if each.state in NOT_TOLD]
    told = [each for each in mail.recipients if each.state not in NOT_TOLD]
    if kept_back and not told:
        return _mark_of_kept_back(kept_back, url)
    shown = _mark_of_told(mail, told, url)
    if not kept_back:
        return shown
    return replace(shown, label=f"{shown.label}; no mail to {_listed([each.address for each in kept_back])}")


def _mark_of_kept_back(recipients: Sequence[SentTo], url: str | None) -> MailState:
    everybody = _listed([each.address for each in recipients])
    states = {each.state for each in recipients}
    if states == {"skipped"}:
        return MailState(f"no mail to {everybody}", "warn", url)
    return MailState(f"{'digest' if 'digest' in states else 'was in the digest'} for {everybody}", "", url)


def _mark_of_told(mail: SentMail, recipients: Sequence[SentTo], url: str | None) -> MailState:
    failed = [each.address for each in recipients if each.state == "failed"]
    everybody = _listed([each.address for each in recipients])
    if failed:
        return MailState(f"not delivered to {_listed(failed)}", "bad", url)
    if mail.state == "failed":
        return MailState("not delivered", "bad", url)
    if mail.state == "sent":
        return MailState(f"sent to {everybody}", "ok", url)
    if mail.state == "held":
        return MailState(f"held back from {everybody}", "info", url)
    if mail.state == "canceled":
        return MailState(f"not sent to {everybody}: cancelled", "", url)
    if mail.attempts:
        times = "once" if mail.attempts == 1 else f"{mail.attempts} times"
        return MailState(f"tried {times}, waits for {everybody}", "warn", url)
    return MailState(f"on its way to {everybody}", "", url)


def _listed(addresses: Sequence[str]) -> str:
    if not addresses:
        return "nobody"
    if len(addresses) <= 2:
        return " and ".join(addresses)
    return f"{addresses[0]} and {len(addresses) - 1} others"


def mail_facts(request: Request, mail: OutgoingMail) -> dict[str, object]:
    """The values of a page about one mail; its recipients must be loaded."""
    sent = SentMail(
        mail.id,
        mail.state,
        mail.internal,
        mail.attempts,
        mail.last_answer,
        [SentTo(one.kind, one.address, one.name, one.state, one.last_answer) for one in mail.recipients],
    )
    facts = [
        ("State", STATE_WORDS.get(mail.state, mail.state)),
        ("Written", request.when(mail.created)),
        ("Sent", request.when(mail.sent) if mail.sent else "not yet"),
        ("Tries", str(mail.attempts)),
    ]
    if mail.state == "queued" and mail.attempts:
        facts.append(("Next try", request.when(mail.not_before)))
    if mail.last_answer:
        facts.append(("Last answer", mail.last_answer))
    return {
        "mail_id": mail.id,
        "subject": mail.subject,
        "internal": mail.internal,
        "mark": mail_state(sent, None),
        "facts": facts,
        "recipients": [
            (
                replace(one, state=RECIPIENT_WORDS.get(one.state, one.state)),
                RECIPIENT_TONES.get(one.state, ""),
            )
            for one in sent.recipients
        ],
        "headers": [(str(name), str(value)) for name, value in mail.headers],
        "body": shown_text(hide_words(mail.body), mail.recipients),
        "file_count": len(mail.attachments),
    }


# Built once: to build it costs more than to run it.
_MAILS = (
    select(
        OutgoingMail.id,
        OutgoingMail.transaction_id,
        OutgoingMail.state,
        OutgoingMail.internal,
        OutgoingMail.attempts,
        OutgoingMail.last_answer,
        OutgoingRecipient.kind,
        OutgoingRecipient.address,
        OutgoingRecipient.name,
        OutgoingRecipient.state.label("recipient_state"),
        OutgoingRecipient.last_answer.label("recipient_answer"),
    )
    .outerjoin(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
    .where(
        among(OutgoingMail.ticket_id, "tickets"),
        OutgoingMail.transaction_id >= bindparam("first"),
        or_(bindparam("internal", type_=Boolean), OutgoingMail.internal.is_(False)),
    )
    .order_by(OutgoingMail.id, OutgoingRecipient.id)
)
