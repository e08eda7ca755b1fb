"""Files and text inside of Outlook's winmail.dat (TNEF, [MS-OXTNEF]), with limits; a broken one gives nothing.

Our own reader: every length and every count in the stream may lie, and each step is paid from one budget.
"""

import codecs
import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_SIZE: Final = 25_000_000
MAX_FILES: Final = 100
MAX_STEPS: Final = 20_000
"""Attributes, properties and values that are read of one stream; Outlook writes some hundreds."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat held: files as (name, bytes), and the message's texts, empty when there is none."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""
    remark: str = ""


class BrokenTnef(ValueError):
    """Not a TNEF stream, or one that ends too early or has too much in it."""


def unwrap(data: bytes) -> Unwrapped:
    """Read a TNEF stream; never raises. Its compressed RTF is not opened."""
    if len(data) > MAX_SIZE:
        return Unwrapped(remark="winmail.dat is too big to be opened")
    try:
        return _Reader(data).read()
    except (ValueError, LookupError, struct.error) as trouble:
        log.info("unreadable TNEF: %r", trouble)
        return Unwrapped(remark="winmail.dat could not be opened")


_SIGNATURE: Final = 0x223E9F78
_ATTACHMENT_LEVEL: Final = 2
# Attributes.
_BODY, _FILE_DATA, _FILE_TITLE = 0x800C, 0x800F, 0x8010
_FILE_BEGINS, _PROPERTIES, _FILE_PROPERTIES, _CODE_PAGE = 0x9002, 0x9003, 0x9005, 0x9007
# Properties of MAPI.
_TEXT, _HTML, _TEXT_TOO, _INTERNET_CODE_PAGE = 0x1000, 0x1013, 0x3FD9, 0x3FDE
_DISPLAY_NAME, _OBJECT, _SHORT_NAME, _LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3707
# Types of properties: bytes of each value.
_FIXED: Final = {
    0x0002: 2, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8,
    0x000A: 4, 0x000B: 2, 0x0014: 8, 0x0040: 8, 0x0048: 16,
}  # fmt: skip
_VARIABLE: Final = frozenset((0x0000, 0x000D, 0x001E, 0x001F, 0x0102))
_NARROW, _WIDE, _MANY, _NAMED = 0x001E, 0x001F, 0x1000, 0x8000
_MESSAGE_INSIDE: Final = bytes.fromhex("0703020000000000c000000000000046")
_CODECS: Final = {
    1200: "utf-16-le", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso2022_jp", 51932: "euc_jp",
    51949: "euc_kr", 54936: "gb18030", 65001: "utf-8", **{28590 + part: f"iso8859-{part}" for part in range(1, 17)},
}  # fmt: skip
"""Windows' numbers of code pages that Python does not know as cpNNN."""


@dataclass(slots=True)
class _File:
    name: str = ""
    long_name: str = ""
    data: bytes = b""


class _Reader:
    """Reads one stream from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._steps = MAX_STEPS
        self._codec = "cp1252"
        self._files: list[_File] = []
        self._text = self._html = ""

    def read(self) -> Unwrapped:
        """Everything that is worth having. Raises BrokenTnef, struct.error."""
        if len(self._data) < 6 or struct.unpack_from("<I", self._data)[0] != _SIGNATURE:
            raise BrokenTnef("no TNEF signature")
        at = 6
        while at + 12 < len(self._data):
            self._pay()
            level, name, _, length = struct.unpack_from("<BHHI", self._data, at)
            self._attribute(level, name, self._data[at + 9 : at + 9 + length])
            at += length + 11
        files = tuple((file.long_name or file.name, file.data) for file in self._files[:MAX_FILES])
        return Unwrapped(files, text=self._text, html=self._html)

    def _pay(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise BrokenTnef("more in it than is read")

    def _attribute(self, level: int, name: int, value: bytes) -> None:
        if name == _FILE_BEGINS:
            self._files.append(_File())
        elif level == _ATTACHMENT_LEVEL and self._files:
            self._file_attribute(self._files[-1], name, value)
        elif name == _PROPERTIES:
            self._message(value)
        elif name == _BODY:
            self._text = _plain(value)
        elif name == _CODE_PAGE and len(value) >= 4:
            self._codec = _codec(struct.unpack_from("<I", value)[0]) or self._codec

    def _file_attribute(self, file: _File, name: int, value: bytes) -> None:
        if name == _FILE_DATA:
            file.data = value
        elif name == _FILE_TITLE:
            file.name = _plain(value)
        elif name == _FILE_PROPERTIES:
            for code, kind, content in self._properties(value):
                if code == _LONG_NAME:
                    file.long_name = self._said(kind, content)
                elif code == _SHORT_NAME or (code == _DISPLAY_NAME and not file.name):
                    file.name = self._said(kind, content)
                elif code == _OBJECT:
                    file.data = content.removeprefix(_MESSAGE_INSIDE)

    def _message(self, value: bytes) -> None:
        codec, html = "", (0, b"")
        for code, kind, content in self._properties(value):
            if code == _INTERNET_CODE_PAGE and len(content) >= 4:
                codec = _codec(struct.unpack_from("<I", content)[0])
            elif code in (_TEXT, _TEXT_TOO):
                self._text = self._said(kind, content)
            elif code == _HTML:
                html = (kind, content)
        if html[1]:
            is_bytes = html[0] not in (_WIDE, _NARROW)
            page = html[1].rstrip(b"\0").decode(codec, "replace") if codec and is_bytes else ""
            self._html = page or self._said(*html)

    def _said(self, kind: int, content: bytes) -> str:
        if kind == _WIDE:
            return content.decode("utf-16-le", "replace").rstrip("\0")
        return content.decode(self._codec, "replace").rstrip("\0") if kind == _NARROW else _plain(content)

    def _properties(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Code, type and bytes of each property; of several values all bytes. Ends where it cannot be read any more."""
        if len(data) < 4:
            return
        at, left = 4, struct.unpack_from("<I", data)[0]
        while left > 0 and at + 8 <= len(data):
            left -= 1
            self._pay()
            kind, code = struct.unpack_from("<HH", data, at)
            at = self._behind_name(data, at + 4) if code >= _NAMED else at + 4
            has_many, kind = bool(kind & _MANY), kind & ~_MANY
            count = 1
            if has_many or kind in _VARIABLE:
                count = _number(data, at)
                at += 4
            pieces = []
            for _ in range(count):
                self._pay()
                if kind in _VARIABLE:
                    size = _number(data, at)
                    at += 4
                elif kind in _FIXED:
                    size = _FIXED[kind]
                else:
                    return
                pieces.append(data[at : at + size])
                at += size + (-size % 4 if kind in _VARIABLE else 0)
                if at > len(data) + 3:
                    return
            if kind in _FIXED:
                at += -(_FIXED[kind] * count) % 4
            yield code, kind, b"".join(pieces)

    @staticmethod
    def _behind_name(data: bytes, at: int) -> int:
        """Where a named property's value begins: behind its GUID and its number or name."""
        size = _number(data, at + 20) if _number(data, at + 16) else 0
        return at + 24 + size + -size % 4


def _number(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise BrokenTnef("it ends too early")
    return int(struct.unpack_from("<I", data, at)[0])


def _codec(page: int) -> str:
    name = _CODECS.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _plain(content: bytes) -> str:
    return content.decode("cp1252", "replace").rstrip("\0")
