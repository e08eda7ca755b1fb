"""Verifying a backup without restoring it: every byte is read and compared with the manifest."""

import hashlib
import os
from pathlib import Path

from rtpy.backups.archive import read_members
from rtpy.backups.manifest import NAME, SUM, Bytes, Manifest
from rtpy.backups.outside import FOLDER
from rtpy.backups.snapshot import Tell
from rtpy.errors import Refused


def verify(file: Path, tell: Tell) -> Manifest:
    """The manifest of a backup that is whole. Raises Refused with the name of what is damaged or missing."""
    sums: dict[str, str] = {}
    small: dict[str, bytes] = {}
    count = size = done = 0
    hashes = hashlib.sha256()
    try:
        with file.open("rb") as raw:
            total = os.fstat(raw.fileno()).st_size
            for member in read_members(raw):
                found = hashlib.sha256()
                for piece in member.pieces():
                    found.update(piece)
                    done += len(piece)
                    if member.name in (NAME, SUM):
                        small[member.name] = small.get(member.name, b"") + piece
                    tell("Verifying", done, total)
                if member.name.startswith(FOLDER):
                    sha256 = member.name.rpartition("/")[2]
                    if found.hexdigest() != sha256:
                        raise _damaged(file, member.name)
                    count, size = count + 1, size + member.size
                    hashes.update(f"{sha256}\n".encode())
                elif member.name not in (NAME, SUM):
                    sums[member.name] = found.hexdigest()
    except OSError as error:
        raise Refused(f"The backup {file} cannot be read: {error.strerror}.") from error
    manifest = _manifest(file, small)
    for name, expected in manifest.members.items():
        if sums.get(name) != expected:
            raise _damaged(file, name)
    if strange := sorted(set(sums) - set(manifest.members)):
        raise Refused(
            f"The backup {file} holds {strange[0]}, of which its manifest does not know: do not use it."
        )
    if manifest.outside != Bytes(count, size, hashes.hexdigest()):
        raise Refused(
            f"The backup {file} does not hold all attachments that its manifest names: use another one."
        )
    return manifest


def _manifest(file: Path, small: dict[str, bytes]) -> Manifest:
    if NAME not in small or SUM not in small:
        raise Refused(f"{file} is no whole backup of rtpy: it has no manifest at its end.")
    if hashlib.sha256(small[NAME]).hexdigest() != small[SUM].decode("ascii", "replace").strip():
        raise _damaged(file, f"{NAME} (or {SUM})")
    return Manifest.from_json(small[NAME])


def _damaged(file: Path, name: str) -> Refused:
    return Refused(f"The backup {file} is damaged: {name} is not what was written. Use another backup.")
