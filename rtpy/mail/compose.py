"""The bytes of an outgoing mail, built from its row: the same row gives the same bytes, today and on a retry."""

import hashlib
import quopri
import re
from base64 import encodebytes
from collections.abc import Sequence
from email.utils import format_datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.mail.header_lines import encoded, header_line, mailbox, parameter
from rtpy.mail.styled.frame import page
from rtpy.models import Attachment, OutgoingMail, OutgoingRecipient
from rtpy.ports import AttachmentStore

NOT_TOLD = ("skipped", "digest", "digested")
"""States of recipients to whom the mail itself never goes: they stand in no header."""
_PLAIN_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")


def build(
    mail: OutgoingMail,
    recipients: Sequence[OutgoingRecipient],
    attachments: Sequence[tuple[Attachment, bytes]] = (),
    *,
    text: str | None = None,
    html: str | None = None,
) -> bytes:
    """The whole mail, lines ending in CR LF. Bcc recipients are named nowhere in it.

    `text` and `html` take the place of the row's where they hold words for the addressee only.
    """
    lines = [header_line(name, value) for name, value in mail.headers]
    lines += _addressees(mail, recipients)
    lines.append(header_line("Subject", encoded(mail.subject)))
    lines.append(header_line("Date", format_datetime(mail.created)))
    lines.append(header_line("Message-ID", f"<{mail.message_id}>"))
    lines.append(header_line("MIME-Version", "1.0"))
    body = _text("plain", mail.body if text is None else text)
    html = mail.html_body if html is None else html
    if html:
        lang = next((value for name, value in mail.headers if name == "Content-Language"), "")
        twin = _text("html", page(html, title=_title(mail), lang=lang))
        body = _several(mail, "alternative", [body, twin])
    if attachments:
        body = _several(mail, "mixed", [body, *(_file(row, data) for row, data in attachments)])
    return b"".join(lines) + body


def _title(mail: OutgoingMail) -> str:
    """The subject; of an automatic answer the ticket's number, as it repeats no word of who may be a forger (A56)."""
    if not mail.automatic:
        return mail.subject
    return next((value for name, value in mail.headers if name == "RT-Ticket"), mail.message_id)


def _addressees(mail: OutgoingMail, recipients: Sequence[OutgoingRecipient]) -> list[bytes]:
    lines = []
    for kind, name in (("to", "To"), ("cc", "Cc")):
        named = [
            mailbox(one.name, one.address)
            for one in recipients
            if one.kind == kind and one.state not in NOT_TOLD
        ]
        if named:
            lines.append(header_line(name, ", ".join(named)))
    if not any(one.kind == "to" and one.state not in NOT_TOLD for one in recipients):
        # somebody must stand there: we do, so an answer to all comes to us once
        reply_to = next(
            (value for name, value in mail.headers if name == "Reply-To"), "undisclosed-recipients:;"
        )
        lines.insert(0, header_line("To", reply_to))
    return lines


def _several(mail: OutgoingMail, kind: str, parts: list[bytes]) -> bytes:
    # From the Message-ID, so that it never changes; 128 bits that no writer of a text can foresee or meet by chance.
    mark = f"=_{kind[:3]}_{hashlib.sha256(f'{mail.message_id} {kind}'.encode()).hexdigest()[:32]}"
    head = header_line("Content-Type", f'multipart/{kind}; boundary="{mark}"') + b"\r\n"
    fence = f"--{mark}".encode()
    return head + b"".join(fence + b"\r\n" + part + b"\r\n" for part in parts) + fence + b"--\r\n"


def _text(kind: str, text: str) -> bytes:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    data = text.encode("utf-8", "replace")
    if (
        data.isascii()
        and b"\x00" not in data
        and max(map(len, data.split(b"\n"))) < 900
        and b"\nFrom " not in data
    ):
        coding, body = "7bit", data
    elif len(data) - len(text) < len(text) // 4:
        coding, body = "quoted-printable", quopri.encodestring(data)
    else:
        coding, body = "base64", encodebytes(data)
    head = header_line("Content-Type", f"text/{kind}; charset=utf-8")
    head += header_line("Content-Transfer-Encoding", coding)
    return head + b"\r\n" + body.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def _file(row: Attachment, data: bytes) -> bytes:
    """A file as it came, its bytes untouched; a whole message inside ours stays a file too."""
    kind = row.content_type.lower()
    if not _PLAIN_TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    name = row.filename or "attachment"
    charset = (
        f"; charset={row.charset}" if row.charset and re.fullmatch(r"[A-Za-z0-9_.:-]+", row.charset) else ""
    )
    head = header_line("Content-Type", f"{kind}{charset}{parameter('name', name) if name.isascii() else ''}")
    head += header_line("Content-Disposition", f"attachment{parameter('filename', name)}")
    head += header_line("Content-Transfer-Encoding", "base64")
    return head + b"\r\n" + encodebytes(data).replace(b"\n", b"\r\n")


def load_files(db: Session, store: AttachmentStore, mail: OutgoingMail) -> list[tuple[Attachment, bytes]]:
    """The attachments that go along with a mail, in their order. Two queries, none when there are none."""
    if not mail.attachments:
        return []
    rows = {row.id: row for row in db.scalars(select(Attachment).where(Attachment.id.in_(mail.attachments)))}
    stored = store.get_many(db, [row.blob_sha256 for row in rows.values()])
    return [(rows[number], stored[rows[number].blob_sha256]) for number in mail.attachments if number in rows]
