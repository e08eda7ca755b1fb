"""The form that a mail gateway's client posts, read so that the message keeps every byte and memory has a bound.

The web framework's own reader is not used: it decodes a field without file name as text, which would destroy mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as HeaderReader
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

SMALL = 10_000
"""Bytes of a field that is not the message."""
ROOM = 1024 * 1024
"""Bytes that a form may be longer than the largest mail."""
_CHUNK = 1024 * 1024


class BrokenForm(Exception):
    """Not a form, or one whose end is missing; `str()` says what is wrong."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as text, and the message as bytes; None when there was none.

    `size` is the message's true size, or more; of a message larger than allowed only the beginning is here.
    """

    fields: dict[str, str]
    message: bytes | None
    size: int = 0


def read_form(stream: BinaryIO, content_type: str, largest: int) -> Form:
    """Read a form with a message of at most `largest` bytes. Raises BrokenForm; OSError when the client goes away."""
    body = stream.read(largest + ROOM)
    dropped = 0
    while len(body) >= largest + ROOM and (chunk := stream.read(_CHUNK)):
        dropped += len(chunk)
    kind = HeaderReader()
    kind["Content-Type"] = content_type
    if kind.get_content_type() == "application/x-www-form-urlencoded":
        pairs = list(_urlencoded(body))
    elif kind.get_content_type() == "multipart/form-data" and kind.get_param("boundary"):
        boundary = str(kind.get_param("boundary")).encode("latin-1", "replace")
        pairs = list(_multipart(body, boundary, may_be_cut=dropped > 0))
    else:
        raise BrokenForm("the form must be multipart/form-data")
    messages = [value for name, value in pairs if name == "message"]
    fields = {name: _small(value) for name, value in pairs if name != "message"}
    if not messages:
        return Form(fields, None)
    return Form(fields, messages[0], len(messages[0]) + dropped)


def _small(value: bytes) -> str:
    return value[:SMALL].decode("utf-8", "replace").replace("\x00", "").strip()


def _multipart(body: bytes, boundary: bytes, *, may_be_cut: bool) -> Iterator[tuple[str, bytes]]:
    """Names and values, in order (RFC 7578). A value ends at CR LF and the boundary, nowhere else."""
    line = re.compile(rb"\r\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r\n|$)")
    first = re.compile(rb"(?:\r\n)?--" + re.escape(boundary) + rb"[ \t]*\r\n").match(body)
    if first is None:
        raise BrokenForm("the form does not begin with its boundary")
    start = first.end()
    while True:
        end = line.search(body, start)
        if end is None and not may_be_cut:
            raise BrokenForm("the form came incomplete")
        value = body[start : end.start()] if end else body[start:]
        head, blank, content = value.partition(b"\r\n\r\n")
        if not blank:
            raise BrokenForm("a part of the form has no header")
        yield _name(head), content
        if end is None or end[1]:
            return
        start = end.end()


def _name(head: bytes) -> str:
    found = re.search(rb"content-disposition:[^\r\n]*?[;\s]name=(?:\"([^\"\r\n]*)\"|([^\s;]+))", head, re.I)
    return (found[1] or found[2] or b"").decode("utf-8", "replace") if found else ""


def _urlencoded(body: bytes) -> Iterator[tuple[str, bytes]]:
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        yield (
            unquote_to_bytes(name.replace(b"+", b" ")).decode("utf-8", "replace"),
            unquote_to_bytes(value.replace(b"+", b" ")),
        )
