"""Keys in links of mails: who has one needs no login, so what people quote of a mail loses it before it is kept."""

import base64
import re
from dataclasses import replace

from rtpy.content.part import Message

MARK = "rtkey-"
REMOVED = "removed"
"""Stands where a key was."""
_SIGNS = 43
"""Of 32 bytes in base64url."""
# A program may have broken the line inside the key, in a quotation, or as quoted-printable in an attached mail.
_KEY = re.compile(
    rb"rtkey-(?:[A-Za-z0-9_-](?:=?\r?\n[>\t ]{0,40})?){42}[A-Za-z0-9_-]|rtkey-[A-Za-z0-9_-]{16,42}"
)
_WIDE_KEY = re.compile(
    rb"\0r\0t\0k\0e\0y\0-(?:\0[A-Za-z0-9_-]){16,43}|r\0t\0k\0e\0y\0-\0(?:[A-Za-z0-9_-]\0){16,43}"
)
_NARROW, _WIDE = MARK.encode(), b"r\0t\0k\0e\0y"


def link_key(secret: bytes) -> str:
    """A key of 32 secret bytes, as it may stand in an address: its form tells it from everything else that is written.

    Raises ValueError for another number of bytes.
    """
    if len(secret) != 32:
        raise ValueError("A key is made of 32 bytes.")
    return MARK + base64.urlsafe_b64encode(secret).decode().rstrip("=")


def is_link_key(text: str) -> bool:
    """Has it the form of one?"""
    return len(text) == len(MARK) + _SIGNS and _KEY.fullmatch(text.encode("ascii", "replace")) is not None


def without_keys(data: bytes) -> bytes:
    """The same without keys; also in UTF-16. Linear time. What is compressed or in base64 is not looked into."""
    if _NARROW in data:
        data = _KEY.sub(REMOVED.encode(), data)
    if _WIDE in data:
        data = _WIDE_KEY.sub(_in_width, data)
    return data


def unlocked(message: Message) -> Message:
    """A message without the keys that its writer quoted: who answers a mail does not mean to give them away."""
    parts = tuple(replace(part, data=without_keys(part.data)) for part in message.parts)
    if all(new.data is old.data for new, old in zip(parts, message.parts, strict=True)):
        return message
    return replace(message, parts=parts)


def _in_width(found: re.Match[bytes]) -> bytes:
    return REMOVED.encode("utf-16-be" if found[0].startswith(b"\0") else "utf-16-le")
