"""The text of a mail that came as a file: its subject, sender, readable parts and the names of its files."""

import email
from email import policy
from email.message import EmailMessage

from rtpy.content.plain import html_to_text

MOST_PARTS = 100
MOST_TEXT = 400_000


def read_mail(data: bytes) -> str:
    """Plain text where there is some, else HTML as text; never what is attached to it."""
    mail = email.message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    pieces = [_field(mail, name) for name in ("subject", "from", "to")]
    plain, html = [], []
    for number, part in enumerate(mail.walk()):
        if number == MOST_PARTS:
            break
        name = part.get_filename()
        if name:
            pieces.append(name)
        elif part.get_content_type() == "text/plain":
            plain.append(_text(part))
        elif part.get_content_type() == "text/html":
            html.append(_text(part))
    pieces += plain or [html_to_text(each) for each in html]
    return "\n".join(pieces)[:MOST_TEXT]


def _field(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except Exception:  # the parser of fields raises a dozen kinds of errors for broken ones
        return ""


def _text(part: object) -> str:
    payload = part.get_payload(decode=True)  # type: ignore[attr-defined]
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"  # type: ignore[attr-defined]
    try:
        return payload[:MOST_TEXT].decode(charset, "replace")
    except LookupError:
        return payload[:MOST_TEXT].decode("utf-8", "replace")
