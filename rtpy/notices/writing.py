"""Notices: mails to one person about their own account, in no ticket; rows of the outbox like all mail.

What only the addressee may read, such as the address with a token, lies sealed in the row: it is opened when the mail
is built for sending, and neither the outbox page nor a copy of the database shows it.
"""

import secrets
from dataclasses import dataclass

from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: `subject` without our tag, `text` in plain words, its paragraphs separated by empty lines."""

    subject: str
    text: str


def write_notice(work: Work, notice: Notice, *, address: str, name: str) -> bool:
    """A mail to `address` in the transaction of `work`; False when nothing can be sent to it."""
    if not is_sendable(address):
        return False
    config = work.app.config
    mail = OutgoingMail(
        created=work.now,
        internal=True,
        automatic=False,
        message_id=f"rt-notice-{secrets.token_hex(20)}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"[{config.rtname}] {notice.subject}", 250),
        headers=[
            ("From", mailbox(config.rtname, config.mail.correspond_address)),
            ("X-RT-Loop-Prevention", encoded(config.rtname)),
            ("Auto-Submitted", "auto-generated"),
        ],
        body=notice.text.rstrip() + "\n",
        html_body="",
        not_before=work.now,
    )
    mail.recipients.append(OutgoingRecipient(kind="to", address=address, name=one_line(name, 120)))
    work.db.add(mail)
    return True
