"""What a message is made of: its readable body and its files, as values; how mail is read is not here."""

from dataclasses import dataclass
from enum import StrEnum


class PartRole(StrEnum):
    """What a part is for, from the reader's side."""

    BODY = "body"
    """Plain text that is shown as the message."""
    HTML = "html"
    """The message, or the twin of a BODY, as HTML; shown sanitised."""
    INLINE = "inline"
    """A picture that the HTML shows by its content id."""
    FILE = "file"
    """A file that came along."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message: exact bytes and what is known about them.

    `content_type` is lower-case without parameters. `charset` is the codec in which `data` can be read as text,
    empty for bytes that are not text; it is what really decodes the bytes, not always what was declared.
    `headers` are the part's own header lines as they came. `remark` says in plain words what was wrong in it.
    """

    content_type: str
    data: bytes
    role: PartRole
    filename: str = ""
    charset: str = ""
    content_id: str = ""
    headers: str = ""
    remark: str = ""

    def text(self) -> str:
        """The bytes as text; never raises: what `charset` cannot read becomes U+FFFD in the answer only."""
        return self.data.decode(self.charset or "utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said with a change of a ticket: parts in order, and the mail headers worth keeping.

    `headers` are all header lines as they came (empty for what was typed in the browser). `message_id`,
    `in_reply_to` and `references` keep no angle brackets. `one_time_cc` and `one_time_bcc` get this message only.
    """

    parts: tuple[Part, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: str = ""
    one_time_cc: tuple[str, ...] = ()
    one_time_bcc: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()
    """One-time recipients of an internal comment who are no staff, and to whom its writer sends it knowingly."""
    squelch: tuple[str, ...] = ()
    """Addresses that must not hear of this message (RT: RT-Squelch-Replies-To)."""
    keeps_status: bool = False
    """It opens no closed ticket, such as mere thanks."""
    auto_generated: bool = False
    """A machine wrote it (RFC 3834); nobody answers it automatically."""
    unanswered: str = ""
    """Why nobody answers it automatically, in words, though a person may have written it; empty: it may be."""


def plain_message(text: str, *, subject: str = "", files: tuple[Part, ...] = ()) -> Message:
    """A message of plain text, as typed in a form, with files."""
    body = Part("text/plain", text.encode(), PartRole.BODY, charset="utf-8")
    return Message(parts=(body, *files), subject=subject)
