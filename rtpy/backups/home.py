"""What of a home goes into a backup, how it comes back, and the marker that keeps half a site from starting."""

import json
import os
import re
import shutil
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

from rtpy.backups.naming import is_backup_name
from rtpy.errors import Refused

MARKER = "restoring"
"""The file in a home that is not wholly restored."""
ETC = "etc-from-backup"
"""The folder of a restored home that holds the files of etc as they were."""

_FOLDERS = ("local", "keys")
"""Folders of the home that are kept with all that is in them; `mail`, `cache`, `plugins` and others are not."""
_LARGEST = 1 << 20
"""Bytes of a file of the home beyond which it is no setting and no key."""
_OTHERWISE = re.compile(r"outbox_round.*|.*\.(lock|log|pid|sock|tar|new)|.*\.db(-.*)?")
"""Files of the home that are of this machine, or are kept in another way."""
_SECTION = re.compile(r"^[ \t]*\[database\][ \t]*(#.*)?$", re.MULTILINE)
_NEXT = re.compile(r"^[ \t]*\[", re.MULTILINE)
_URL = re.compile(r"^[ \t]*url[ \t]*=.*$", re.MULTILINE)


def files_of(home: Path) -> Iterator[tuple[str, Path]]:
    """Secrets, settings and the site's own templates, with their names in the backup."""
    for file in sorted(home.iterdir()):
        if _is_kept(file):
            yield f"home/{file.name}", file
    for folder in _FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield f"home/{file.relative_to(home).as_posix()}", file


def need_empty(home: Path, backup: Path) -> None:
    """Raises Refused when there is something in that folder, unless a restore that was broken off left it there.

    What that left is deleted, so the backup must not lie there.
    """
    if (home / MARKER).is_file():
        if backup.resolve().is_relative_to(home.resolve()):
            raise Refused(
                f"The backup {backup} lies in {home}, which is cleared before a restore begins anew: move it elsewhere."
            )
        clear(home)
    found = sorted(file.name for file in home.iterdir()) if home.is_dir() else []
    if found:
        raise Refused(
            f"{home} is not empty, there is {found[0]}: restore into a folder that is empty or does not exist yet."
        )


def begin(home: Path) -> None:
    """Make the home, closed to others, and put the marker into it. Raises OSError."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / MARKER).open("w", encoding="utf-8") as marker:
        marker.write("A restore into this home has begun and is not finished.\n")
        sync(marker.fileno())


def finish(home: Path) -> None:
    """Take the marker away: the site may start."""
    (home / MARKER).unlink()
    sync_folder(home)


def clear(home: Path) -> None:
    """Take everything out of a home that was not wholly restored; the marker goes last."""
    for file in home.iterdir():
        if file.name == MARKER:
            continue
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink()
    (home / MARKER).unlink(missing_ok=True)


def refuse_half_restored(home: Path) -> None:
    """Raises Refused while the home is not wholly restored: nothing may start there."""
    if (home / MARKER).exists():
        raise Refused(
            f"{home} is not wholly restored: a restore was broken off, or what it found there was not what was "
            f"backed up. Run rtpy restore again; to use what is there nevertheless, delete {home / MARKER}."
        )


def place_of(name: str, home: Path) -> Path:
    """Where a member `home/…` or `etc/…` of a backup goes. Raises Refused for a name that leads elsewhere."""
    top, _, rest = name.partition("/")
    parts = rest.split("/")
    if top not in ("home", "etc") or any(part in ("", ".", "..") for part in parts):
        raise Refused(f"The backup holds a file {name}, which has no place in a home: nothing was restored.")
    return home.joinpath(*([ETC] if top == "etc" else []), *parts)


def write_private(file: Path, content: bytes) -> None:
    """A new file that only its owner reads, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        sync(out.fileno())


def name_database(file: Path, url: str) -> None:
    """Let the home's rtpy.toml name that database. Raises Refused when it is written in a way not understood."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    line = f"url = {json.dumps(url)}"
    section = _SECTION.search(text)
    if section is None:
        changed = f"{text.rstrip()}\n\n[database]\n{line}\n".lstrip()
    else:
        following = _NEXT.search(text, section.end())
        end = following.start() if following else len(text)
        body = text[section.end() : end]
        body = _URL.sub(lambda _: line, body, count=1) if _URL.search(body) else f"\n{line}{body}"
        changed = text[: section.end()] + body + text[end:]
    if not _names(changed, url):
        raise Refused(
            f"The database cannot be written into {file.name} of the backup: give it in the environment as "
            "RTPY_DATABASE_URL, without --database."
        )
    write_private(file, changed.encode())


def sync(number: int) -> None:
    """Have an open file written to the disk."""
    os.fsync(number)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _is_kept(file: Path) -> bool:
    about = file.lstat()
    return (
        stat.S_ISREG(about.st_mode)
        and about.st_size <= _LARGEST
        and file.name != MARKER
        and not is_backup_name(file.name)
        and not _OTHERWISE.fullmatch(file.name)
    )


def _names(text: str, url: str) -> bool:
    try:
        found: object = tomllib.loads(text)["database"]["url"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return False
    return found == url
