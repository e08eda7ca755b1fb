"""A dry run: which of the newest mails in the spool a rule would have fitted, and what had become of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from rtpy.changes.people import find_by_address, organization_of
from rtpy.mail.headers import read_header
from rtpy.mail.message import read_mail
from rtpy.mail.sorting.rule import Rule, fits, letter_of
from rtpy.mail.spool import find_queue
from rtpy.models import IncomingMail, Transaction
from rtpy.work import Work

NEWEST = 200
HEAD = 65_536
"""Bytes of each mail that are read: rules look at headers only."""


@dataclass(frozen=True, slots=True)
class Match:
    """A mail that fits. `opened`: it made a ticket, so the rule would have acted; a reply stays where it went."""

    mail_id: int
    received: datetime
    sender: str
    subject: str
    state: str
    ticket_id: int | None
    opened: bool


def try_rule(work: Work, rule: Rule) -> tuple[int, list[Match]]:
    """How many mails were looked at, and those that fit, the newest first. Nothing is changed.

    One query; where the rule asks for the sender's organisation two more for each sender whose mail fits otherwise.
    """
    mails = IncomingMail
    rows = work.db.execute(
        select(
            mails.id,
            mails.received,
            mails.queue,
            mails.ticket,
            mails.transport,
            mails.sender,
            mails.subject,
            mails.state,
            mails.ticket_id,
            Transaction.type,
            func.substr(mails.raw, 1, HEAD).label("head"),
        )
        .outerjoin(Transaction, Transaction.id == mails.transaction_id)
        .order_by(mails.id.desc())
        .limit(NEWEST)
    ).all()
    known: dict[str, int | None] = {}
    found = []
    for row in rows:
        head = bytes(row.head)
        mail = read_mail(head[: read_header(head, 0, len(head), {})[1]])
        sender = mail.sender.address if mail.sender else ""
        queue_id = find_queue(work.app, work.db, row.queue, row.ticket)
        letter = letter_of(mail, row.transport, queue_id, sender, _asks(work, known, sender))
        if fits(rule, letter):
            opened = row.type == "Create" or (row.ticket_id is None and row.state != "duplicate")
            found.append(
                Match(
                    row.id, row.received, sender, mail.subject or "", row.state, row.ticket_id, opened=opened
                )
            )
    return len(rows), found


def _asks(work: Work, known: dict[str, int | None], sender: str) -> Callable[[], int | None]:
    def organization() -> int | None:
        if sender not in known:
            person = find_by_address(work.db, sender) if sender else None
            found = organization_of(work.db, person) if person is not None else None
            known[sender] = found[0] if found else None
        return known[sender]

    return organization
