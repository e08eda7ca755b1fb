"""The answer to commands that could not be carried out: one mail, line by line."""

import secrets
from collections.abc import Sequence

from rtpy.identity.rates import hit
from rtpy.mail.commands.obeying import Failed
from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.mail.message import IncomingMail
from rtpy.mail.return_address import queue_of, return_address
from rtpy.mail.senders import Sender
from rtpy.mail.tags import subject_tag
from rtpy.models import OutgoingMail, OutgoingRecipient, Ticket
from rtpy.work import Work

PER_HOUR = 20
"""Answers that one sender gets in an hour."""


def tell_failed(
    system: Work, sender: Sender, ticket: Ticket, mail: IncomingMail, failed: Sequence[Failed]
) -> bool:
    """Write the mail into the outbox; False when there is nobody to write to, or too much was written already."""
    if not is_sendable(sender.address):
        return False
    if hit(system.db, f"mail:commands:{sender.address.lower()}"[:200], 3600, system.now) > PER_HOUR:
        return False
    config, queue = system.app.config, queue_of(system.db, ticket)
    address = return_address(system.app, queue, internal=True)
    tag = subject_tag(queue.subject_tag or config.rtname, ticket.id)
    answered = f"<{mail.message_id}>" if _is_plain(mail.message_id) else ""
    row = OutgoingMail(
        created=system.now,
        ticket_id=ticket.id,
        queue_id=queue.id,
        internal=True,
        automatic=False,
        message_id=f"rt-commands-{secrets.token_hex(20)}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"{tag} Not carried out: {mail.subject}", 250),
        headers=[
            ("From", mailbox(config.rtname, address)),
            ("Reply-To", address),
            *([("In-Reply-To", answered)] if answered else []),
            ("X-RT-Loop-Prevention", encoded(config.rtname)),
            ("Auto-Submitted", "auto-replied"),
            ("Precedence", "bulk"),
        ],
        body=_text(ticket, failed),
        html_body="",
        not_before=system.now,
    )
    row.recipients.append(
        OutgoingRecipient(kind="to", address=sender.address, name=one_line(sender.user.real_name, 120))
    )
    system.db.add(row)
    return True


def _text(ticket: Ticket, failed: Sequence[Failed]) -> str:
    lines = [
        f"None of the commands in your mail to ticket #{ticket.id} was carried out. What you wrote besides is in the",
        "ticket. These were the lines:",
        "",
    ]
    for each in failed:
        lines += [
            f"    {one_line(each.line, 300)}",
            f"        {each.why or 'Right, but not done because of the others.'}",
        ]
    lines += ["", "Put them right and send them once more, at the top of a mail to the same ticket.", ""]
    return "\n".join(lines).replace("\x00", "")


def _is_plain(message_id: str) -> bool:
    return (
        0 < len(message_id) <= 250 and message_id.isascii() and message_id.isprintable() and "@" in message_id
    )
