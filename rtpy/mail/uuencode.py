"""Files in the midst of a plain text (uuencode): found, decoded, and taken out of the text."""

import binascii
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final

MAX_FILES: Final = 100

_BEGIN: Final = re.compile(rb"^begin(?:-base64)?[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,500})\r?$", re.M)
_END: Final = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.M)


@dataclass(frozen=True, slots=True)
class UuFile:
    """One file of a text: its name as raw bytes, and its bytes."""

    name: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The text without the files, and the files."""

    text: bytes
    files: tuple[UuFile, ...]


def find_files(text: bytes) -> Uncovered:
    """Take uuencoded files out of a text; a block that does not decode stays in the text."""
    if b"begin" not in text:
        return Uncovered(text, ())
    files: list[UuFile] = []
    kept: list[bytes] = []
    at = 0
    end: re.Match[bytes] | None = None
    for _ in range(MAX_FILES):
        if (begin := _BEGIN.search(text, at)) is None:
            break
        if end is None or end.start() < begin.end():
            end = _END.search(text, begin.end())
        if end is None:
            break
        data = _decode(text[begin.end() : end.start()], is_base64=text.startswith(b"begin-", begin.start()))
        if data is None:
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        kept.append(text[at : begin.start()])
        files.append(UuFile(begin[1].strip(), data))
        at = min(end.end() + 1, len(text))
    kept.append(text[at:])
    return Uncovered(b"".join(kept), tuple(files))


def _decode(block: bytes, *, is_base64: bool) -> bytes | None:
    if is_base64:
        try:
            return binascii.a2b_base64(block)
        except binascii.Error:
            return None
    out = bytearray()
    for line in BytesIO(block):
        line = line.rstrip(b"\r\n")
        if not line.strip():
            continue
        length = (line[0] - 32) & 63
        if not 32 <= line[0] <= 96 or len(line) - 1 > 90:
            return None
        if length == 0:
            break
        needed = (length * 4 + 2) // 3
        try:
            out += binascii.a2b_uu(line[: 1 + (needed + 3) // 4 * 4])
        except binascii.Error:
            try:
                out += binascii.a2b_uu(line[: 1 + needed].ljust(1 + needed, b" "))
            except binascii.Error:
                return None
    return bytes(out) if out else None
