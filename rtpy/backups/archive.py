"""The file of a backup: a tar whose members are written and read as streams, each with its SHA-256.

Sizes need not be known before: the header of a member is written again behind its content. Only plain files are in it.
"""

import hashlib
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Protocol

from rtpy.errors import Refused

_BLOCK = tarfile.BLOCKSIZE
PIECE = 1 << 20
"""Bytes that are in memory at once."""


class Taker(Protocol):
    """Where pieces of a member go."""

    def write(self, data: bytes) -> object:
        """Take the next piece."""
        ...


@dataclass(slots=True)
class _Counting:
    """Passes bytes on, and counts and hashes them."""

    file: IO[bytes]
    size: int = 0
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        self.file.write(data)
        self.hash.update(data)
        self.size += len(data)
        return len(data)


class Writer:
    """Writes members to a new file, one after the other; `sums` are their SHA-256s by name."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._now = int(time.time())
        self.sums: dict[str, str] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[Taker]:
        """The next member: what is written within the block."""
        start = self._file.tell()
        self._file.write(self._header(name, 0))
        counting = _Counting(self._file)
        yield counting
        self._file.write(bytes(-counting.size % _BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(self._header(name, counting.size))
        self._file.seek(end)
        self.sums[name] = counting.hash.hexdigest()

    def add(self, name: str, content: bytes) -> None:
        """A small member."""
        with self.member(name) as taker:
            taker.write(content)

    def close(self) -> None:
        """Write the end of the archive; the file stays open."""
        self._file.write(bytes(2 * _BLOCK))

    def _header(self, name: str, size: int) -> bytes:
        about = tarfile.TarInfo(name)
        about.size, about.mtime, about.mode = size, self._now, 0o600
        header = about.tobuf(tarfile.GNU_FORMAT)
        if len(header) != _BLOCK:
            raise Refused(f"The file {name} cannot go into a backup: its name is too long.")
        return header


@dataclass(slots=True)
class Member:
    """One member while it is read: take its pieces before the next one is asked for."""

    name: str
    size: int
    _file: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """Its content. Raises Refused when the file ends before it does."""
        left = self.size
        while left:
            piece = self._file.read(min(left, PIECE))
            if not piece:
                raise Refused(f"The backup ends within {self.name}: it is cut off.")
            left -= len(piece)
            yield piece

    def read(self) -> bytes:
        """All of it; for small ones."""
        return b"".join(self.pieces())


def read_members(file: IO[bytes]) -> Iterator[Member]:
    """The members in their order. Raises Refused when it is no archive, or damaged between members."""
    last = ""
    while True:
        start = file.tell()
        block = file.read(_BLOCK)
        if block == bytes(_BLOCK):
            return
        try:
            about = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError):
            where = f"after {last}" if last else "at its beginning"
            raise Refused(f"This is no whole backup of rtpy: it is cut off or damaged {where}.") from None
        last = about.name
        yield Member(about.name, about.size, file)
        file.seek(start + _BLOCK + about.size + -about.size % _BLOCK)
