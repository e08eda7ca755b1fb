"""What happens in the sample consultancy, one value for each deed; a loader does them in order.

A ticket is named by its `key`, which the first event of a thread introduces. Times are aware UTC.
A mail's headers hold `{tag:KEY}` where a ticket's subject tag belongs and `{msgid:KEY}` where the
Message-ID (with its angle brackets) of the last mail sent to the customer belongs; see `with_ticket`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

_PLACE = re.compile(rb"\{(tag|msgid):([a-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file that goes with a message."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailIn:
    """A mail arrives for a queue's address: the whole RFC 5322 message; `opens` a ticket or replies on one."""

    at: datetime
    key: str
    raw: bytes
    queue: str
    opens: bool


@dataclass(frozen=True, slots=True)
class PhoneTicket:
    """Staff open a ticket on behalf of a customer (an address) who called."""

    at: datetime
    key: str
    staff: str
    customer: str
    subject: str
    text: str
    minutes: int
    queue: str


@dataclass(frozen=True, slots=True)
class StaffReply:
    """Staff answer the customer; `status` is the one the ticket has afterwards, None to leave it."""

    at: datetime
    key: str
    staff: str
    text: str
    minutes: int
    status: str | None = None
    files: tuple[DemoFile, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffComment:
    """Staff note something that customers do not see."""

    at: datetime
    key: str
    staff: str
    text: str
    minutes: int
    status: str | None = None
    files: tuple[DemoFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """Staff take a ticket that nobody owns."""

    at: datetime
    key: str
    staff: str


@dataclass(frozen=True, slots=True)
class Give:
    """Its owner gives a ticket to a colleague."""

    at: datetime
    key: str
    staff: str
    to: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Staff change the status without a word; nothing to do if the ticket has it already."""

    at: datetime
    key: str
    staff: str
    status: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Staff say how much it matters."""

    at: datetime
    key: str
    staff: str
    priority: int


@dataclass(frozen=True, slots=True)
class SetDue:
    """Staff promise a date."""

    at: datetime
    key: str
    staff: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Staff find that two tickets are one."""

    at: datetime
    key: str
    into_key: str
    staff: str


@dataclass(frozen=True, slots=True)
class AddCc:
    """Staff add a person (an address) who shall read along."""

    at: datetime
    key: str
    staff: str
    customer: str


Event = (
    MailIn
    | PhoneTicket
    | StaffReply
    | StaffComment
    | Take
    | Give
    | SetStatus
    | SetPriority
    | SetDue
    | Merge
    | AddCc
)


def with_ticket(raw: bytes, tag_of: Callable[[str], str], msgid_of: Callable[[str], str]) -> bytes:
    """A mail with the subject tag and Message-ID of its ticket in place of the placeholders.

    Both functions take a ticket's key and return ASCII; an empty Message-ID leaves an empty place.
    """

    def fill(found: re.Match[bytes]) -> bytes:
        key = found[2].decode("ascii")
        return (tag_of(key) if found[1] == b"tag" else msgid_of(key)).encode("ascii")

    head, blank, body = raw.partition(b"\r\n\r\n")
    return _PLACE.sub(fill, head) + blank + body
