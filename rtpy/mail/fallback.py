"""The last resort: a ticket for a mail that could not be read, with the raw mail as a file. Nothing here parses it."""

import re

from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import Message, Part, PartRole
from rtpy.mail.message import Address
from rtpy.mail.senders import is_usable, person_of
from rtpy.models import Queue
from rtpy.work import Work

_LOOKED_AT = 65_536
_SUBJECT = re.compile(rb"^subject[ \t]*:([^\r\n]{0,500})", re.I | re.M)
_FROM = re.compile(rb"^from[ \t]*:[^\r\n]{0,300}?([!-9;-?A-~]{1,64}@[A-Za-z0-9.-]{1,200})", re.I | re.M)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def file_raw(system: Work, queue: Queue, raw: bytes, reason: str) -> tuple[int, int]:
    """Make a ticket by the system with the mail as `message/rfc822`; ids of ticket and transaction.

    Subject and requestor as far as they can be seen in the bytes. Nobody gets an automatic answer.
    """
    head = raw[:_LOOKED_AT]
    subject = _seen(_SUBJECT, head) or "A mail that cannot be read"
    address = _seen(_FROM, head)
    text = (
        "A mail came in that cannot be read. It is attached as it came, nothing is lost; open it with care.\n\n"
        f"Why: {reason}\n"
    )
    message = Message(
        parts=(
            Part(
                "text/plain",
                text.encode(),
                PartRole.BODY,
                charset="utf-8",
                remark="The mail could not be read",
            ),
            Part("message/rfc822", raw, PartRole.FILE, filename="mail.eml"),
        ),
        subject=subject,
        auto_generated=True,
        squelch=(address,) if address else (),
    )
    requestors = (person_of(system, Address("", address)),) if is_usable(address) else ()
    outcome = create_ticket(system, CreateTicket(queue, subject, message, requestors))
    return outcome.ticket.id, outcome.transactions[0].id


def _seen(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return _CONTROL.sub(" ", found[1].decode("latin-1")).strip() if found else ""
