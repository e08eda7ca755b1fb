"""The header of a mail or a part: cut out of the bytes, field by field; what a field means is read elsewhere."""

import re
from dataclasses import dataclass, field
from typing import Final

from rtpy.mail.words import decode_text, one_line, to_text

MAX_FIELDS: Final = 20_000
"""Fields of one header that are looked at; a header of more is hostile or broken."""
MAX_VALUE: Final = 1_100_000
"""Bytes of one field that are looked at."""

_FIELD: Final = re.compile(rb"[!-9;-~]{1,4000}[ \t]*:")
_KNOWN: Final = re.compile(
    rb"(?:content-[a-z]+|mime-version|subject|from|to|cc|bcc|date|message-id|received|return-path|reply-to|sender"
    rb"|references|in-reply-to|x-[a-z0-9-]+|user-agent|delivered-to|list-[a-z]+|dkim-[a-z]+|precedence|importance"
    rb"|thread-[a-z]+|disposition-notification-to|organization|errors-to|status|lines)[ \t]*:",
    re.I,
)


@dataclass(slots=True)
class Header:
    """One header: its fields in order as (lower-case name, raw bytes after the colon), and its own bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    raw: bytes = b""
    hint: str = ""
    """The codec for raw 8-bit bytes in fields, known from the body's charset."""
    good_until: int = 0
    """Up to here lines were found to belong to the header, whatever they look like."""
    unfinished: bool = False
    """No blank line stood between header and body."""

    def first(self, name: str) -> bytes | None:
        """The raw bytes of the first field of that (lower-case) name."""
        for known, value in self.fields:
            if known == name:
                return value
        return None

    def all(self, name: str) -> list[bytes]:
        """The raw bytes of all fields of that name, in order."""
        return [value for known, value in self.fields if known == name]

    def text(self, name: str) -> str:
        """The first field of that name, decoded to one line of text; empty when missing."""
        value = self.first(name)
        return "" if value is None else decode_text(value, self.hint)

    def plain(self, name: str) -> str:
        """The first field of that name as one line, not decoded: for structured fields."""
        value = self.first(name)
        return "" if value is None else one_line(to_text(value, self.hint))


def read_header(data: bytes, start: int, end: int, stops: dict[bytes, list[int]]) -> tuple[Header, int]:
    """The header that begins at `start`, and where its body begins.

    Ends at a blank line, at a line that is a boundary in `stops`, at `end`, or where lines are no fields any more
    (no blank line at all). A line of blanks ends it too, unless a well-known field follows.
    """
    header = Header()
    pos = start
    name, value_from = "", start
    while True:
        line_end = data.find(b"\n", pos, end)
        after = end if line_end < 0 else line_end + 1
        line = data[pos : min(after, pos + 5_000)]
        kind = _kind_of_line(data, line, after, end, header, name, stops) if pos < end else "stop"
        if kind == "more":
            pos = after
            continue
        if name and len(header.fields) < MAX_FIELDS:
            header.fields.append((name, data[value_from : min(pos, value_from + MAX_VALUE)]))
        if kind != "field":
            header.raw = data[start:pos]
            header.unfinished = kind == "body"
            return header, (after if kind == "blank" else pos)
        colon = line.index(b":")
        name, value_from = line[:colon].strip().decode("ascii").lower(), pos + colon + 1
        pos = after


def _kind_of_line(
    data: bytes, line: bytes, after: int, end: int, header: Header, name: str, stops: dict[bytes, list[int]]
) -> str:
    """field, more (a folded line or rubbish between fields), blank, stop (a boundary), or body (text begins)."""
    if line[0] in b" \t":
        if line.strip():
            return "more" if name else "body"
        return "more" if name and _goes_on(data, after, end) else "blank"
    if line in (b"\n", b"\r\n", b"\r"):
        return "blank"
    if line.startswith(b"--") and is_boundary(line, stops):
        return "stop"
    if _FIELD.match(line):
        return "field"
    if line.startswith((b"From ", b">From ")) and not name:
        return "more"
    if not name or line.startswith(b"--"):
        return "body"
    if _KNOWN.match(data, after, end):
        return "more"  # one line of rubbish between fields
    return "more" if _misses_field(data, after, end, header) else "body"


def _goes_on(data: bytes, pos: int, end: int) -> bool:
    """Whether a well-known field follows after folded lines."""
    for _ in range(100):
        if _KNOWN.match(data, pos, end):
            return True
        line_end = data.find(b"\n", pos, min(end, pos + 1_000))
        line = data[pos:line_end].rstrip()
        if line_end < 0 or not line or line[:1] not in (b" ", b"\t"):
            return False
        pos = line_end + 1
    return False


_ESSENTIAL: Final = re.compile(rb"(from|subject|content-type|mime-version|message-id)[ \t]*:", re.I)


def _misses_field(data: bytes, pos: int, end: int, header: Header) -> bool:
    """Whether lines that lost their leading blanks stand here: an essential field that is not there yet follows."""
    if pos <= header.good_until:
        return True
    for _ in range(1_000):
        found = _ESSENTIAL.match(data, pos, end)
        if found and header.first(found[1].decode("ascii").lower()) is None:
            header.good_until = pos
            return True
        line_end = data.find(b"\n", pos, min(end, pos + 2_000))
        if line_end < 0 or not data[pos:line_end].strip():
            return False
        pos = line_end + 1
    return False


def is_boundary(line: bytes, stops: dict[bytes, list[int]]) -> bool:
    """Whether this line is one of the boundaries, opening or closing."""
    mark = line.rstrip()
    return mark in stops or (mark.endswith(b"--") and mark[:-2] in stops)
