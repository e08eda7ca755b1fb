"""Copies of a mail: one for each recipient to whom it says something alone, and one for all the others together."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.mail.compose import build, load_files
from rtpy.mail.personal import html_with, open_own_words, text_with
from rtpy.mail.sealed_words import open_words
from rtpy.mail.transport import LATER, SENT
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.ports import Delivery, MailTransport
from rtpy.telemetry.spans import Side, span


@dataclass(frozen=True, slots=True)
class Copy:
    """The bytes for these addresses. All copies of a mail have the same headers, and so the same Message-ID."""

    addresses: tuple[str, ...]
    raw: bytes


class BrokenOff(Exception):
    """The mail server went away after some copies: `outcomes` says so of each recipient."""

    def __init__(self, why: str, outcomes: tuple[Delivery, ...]) -> None:
        super().__init__(why)
        self.outcomes = outcomes


def build_copies(
    app: App, db: Session, mail: OutgoingMail, recipients: Sequence[OutgoingRecipient]
) -> tuple[Copy, ...]:
    """All copies for whom the mail waits; none when nobody does."""
    files = load_files(db, app.blobs, mail)
    text = open_words(app.config, mail.body)
    together: list[str] = []
    copies: list[Copy] = []
    for one in recipients:
        if one.state != "queued":
            continue
        words = open_own_words(app.config, one.own_words)
        if words is None:
            together.append(one.address)
            continue
        html = html_with(mail.html_body, words) if mail.html_body else ""
        raw = build(mail, recipients, files, text=text_with(text, words), html=html)
        copies.append(Copy((one.address,), raw))
    if together:
        copies.insert(0, Copy(tuple(together), build(mail, recipients, files, text=text)))
    return tuple(copies)


def deliver_copies(
    carrier: MailTransport, mail_id: int, sender: str, copies: Sequence[Copy]
) -> tuple[Delivery, ...]:
    """Hand over one copy after the other. Raises OSError when nobody answered at all, BrokenOff when later nobody did.

    So who has got theirs never gets it again, whatever becomes of the others.
    """
    with span("deliver mail", side=Side.ASKING, rtpy__mail=mail_id, rtpy__copies=len(copies)) as told:
        outcomes = _deliver(carrier, sender, copies)
        told.tell(rtpy__recipients=len(outcomes), rtpy__taken=sum(one.outcome == SENT for one in outcomes))
    return outcomes


def _deliver(carrier: MailTransport, sender: str, copies: Sequence[Copy]) -> tuple[Delivery, ...]:
    outcomes: list[Delivery] = []
    for number, copy in enumerate(copies):
        try:
            outcomes.extend(carrier.deliver(sender, copy.addresses, copy.raw))
        except OSError as error:
            if not number:
                raise
            left = [address for later in copies[number:] for address in later.addresses]
            waiting = (Delivery(address, LATER, f"the mail server went away: {error}") for address in left)
            raise BrokenOff(str(error), (*outcomes, *waiting)) from error
    return tuple(outcomes)
