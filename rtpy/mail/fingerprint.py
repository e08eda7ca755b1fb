"""When two mails are the same one: a key that trace headers added on the way do not change."""

import hashlib
import re
from typing import Final

from rtpy.content.part import Part
from rtpy.mail.headers import Header

_TRACE: Final = re.compile(
    r"(?:received|return-path|delivered-to|envelope-to|delivery-date|x-received|x-original-to|x-envelope-.*|x-spam.*"
    r"|x-virus.*|authentication-results|received-spf|dkim-signature|domainkey-signature|arc-.*|x-google-.*|x-gm-.*"
    r"|x-forefront-.*|x-microsoft-.*|x-ms-.*|x-rspamd.*|x-uidl|x-mozilla-.*|x-rt-mail-extension|status|x-status"
    r"|x-scanned.*|lines|content-length|x-evolution.*|resent-.*)$"
)


def fingerprint(header: Header, message_id: str, body: bytes, parts: tuple[Part, ...]) -> str:
    """Hex sha256 that is the same for a second delivery of a mail.

    With a Message-ID: over it, From, Date, Subject and the decoded parts. Without: over all fields that are no
    traces, and the body as it came. Line ends do not matter, since each way of delivery has its own.
    """
    digest = hashlib.sha256()
    if message_id:
        digest.update(b"id\0" + message_id.encode("utf-8", "replace"))
        for name in ("from", "date", "subject"):
            _add(digest, name, _unfolded(header.first(name) or b""))
        for part in parts:
            _add(digest, part.content_type, _unix(part.data))
    else:
        digest.update(b"whole\0")
        for name, value in header.fields:
            if not _TRACE.match(name):
                _add(digest, name, _unfolded(value))
        _add(digest, "body", _unix(body).rstrip(b"\n"))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", name: str, value: bytes) -> None:
    digest.update(f"\0{name}\0{len(value)}\0".encode())
    digest.update(value)


def _unfolded(value: bytes) -> bytes:
    return b" ".join(value.split())


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n") if b"\r\n" in data else data
