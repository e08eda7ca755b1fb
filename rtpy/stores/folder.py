"""Bytes in a folder, which several machines may share: one file for each, under its own hash."""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rtpy.ports import Kept

MARKER = "files-of-rtpy.txt"
_WORDS = "This folder belongs to rtpy, which keeps the files of tickets here. Do not remove this file.\n"
_HASH = re.compile(r"[0-9a-f]{64}")
_DRAFT = ".draft"


class Files:
    """The three calls that make a file last; tests let them fail."""

    def write(self, descriptor: int, data: bytes) -> None:
        """Write all of it."""
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]

    def sync(self, descriptor: int) -> None:
        """Wait until a file or a folder is on the disk."""
        os.fsync(descriptor)

    def rename(self, draft: Path, final: Path) -> None:
        """Give the file its name."""
        os.replace(draft, final)


class FolderKeeper:
    """Keeps bytes below `top`, as `ab/cd/abcd…`; for nobody's eyes but the owner's (A71).

    A file is written under another name, flushed to the disk and then renamed, so under its hash it is whole.
    """

    name = "folder"

    def __init__(self, top: Path, files: Files | None = None) -> None:
        self._top = top
        self._files = files or Files()

    def is_set_up(self) -> bool:
        """Is our marker in it? An empty folder may be one in which the shared disk is not mounted."""
        return (self._top / MARKER).exists()

    def set_up(self) -> None:
        """Make the folder and put the marker into it; raises OSError."""
        self._top.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(self._top / MARKER, _WORDS.encode())

    def keep(self, sha256: str, data: bytes) -> None:
        """Write the bytes, unless they are there in the same size; raises OSError, and then nothing was written."""
        place = self._place(sha256)
        with contextlib.suppress(FileNotFoundError):
            if place.stat().st_size == len(data):
                self._sync_folder(place.parent)  # whoever wrote it may not have come to that
                return
        self._make_folder(place.parent)
        self._write(place, data)

    def read(self, sha256: str) -> bytes | None:
        """The bytes; None when there are none. Raises OSError, also when the folder is not the one it should be."""
        try:
            return self._place(sha256).read_bytes()
        except FileNotFoundError:
            if not self.is_set_up():
                raise OSError(f"{self._top} is not there, or another disk should be mounted in it") from None
            return None

    def remove(self, sha256: str) -> None:
        """Unlink the file, if it is there."""
        self._place(sha256).unlink(missing_ok=True)

    def listed(self) -> Iterator[Kept]:
        """Every file with a hash for a name, folder by folder."""
        for entry in self._entries():
            if _HASH.fullmatch(entry.name):
                with contextlib.suppress(FileNotFoundError):
                    seconds = entry.stat().st_mtime
                    yield Kept(entry.name, datetime.fromtimestamp(seconds, UTC))

    def tidy(self, before: datetime) -> int:
        """Remove drafts of writers that died."""
        gone = 0
        for entry in self._entries():
            if entry.name.endswith(_DRAFT):
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat().st_mtime < before.timestamp():
                        os.unlink(entry.path)
                        gone += 1
        return gone

    def _place(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256 in hex")
        return self._top / sha256[:2] / sha256[2:4] / sha256

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        for first in _folders(self._top):
            for second in _folders(first):
                with os.scandir(second) as entries:
                    yield from entries

    def _make_folder(self, folder: Path) -> None:
        """Make it with what lies above, each flushed into the folder that holds it."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            with contextlib.suppress(FileExistsError):  # another writer was quicker
                each.mkdir(mode=0o700)
            self._sync_folder(each.parent)

    def _write(self, place: Path, data: bytes) -> None:
        draft = place.with_name(f"{place.name}.{secrets.token_hex(6)}{_DRAFT}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                self._files.write(descriptor, data)
                self._files.sync(descriptor)
            finally:
                os.close(descriptor)
            self._files.rename(draft, place)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        self._sync_folder(place.parent)

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._files.sync(descriptor)
        finally:
            os.close(descriptor)


def _folders(top: Path) -> Iterator[Path]:
    """The folders of two hex digits in it."""
    with os.scandir(top) as entries:
        names = sorted(entry.name for entry in entries if re.fullmatch(r"[0-9a-f]{2}", entry.name))
    return (top / name for name in names)
