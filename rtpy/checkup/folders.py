"""The home on the disk: can we write to it, is there room, and who else can read what is secret."""

import os
import shutil
import stat
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from rtpy.checkup.finding import Finding, fine, note, wrong
from rtpy.config import Config
from rtpy.config.options import OPTIONS
from rtpy.paths import find_etc

ROOM = 200 * 2**20
"""Bytes below which a disk counts as full: a large mail needs several times its size for a moment."""
LITTLE_ROOM = 2 * 2**30
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look_at_home(config: Config) -> Iterator[Finding]:
    """Home, room, and files with secrets. Makes one file in the home and takes it away again."""
    home = config.home
    about = f"home {home}"
    try:
        is_there = home.exists()
    except OSError as error:
        yield wrong(
            about,
            f"it cannot be looked at ({(error.strerror or '').lower()})",
            "see who owns the folders above",
        )
        return
    if not is_there:
        yield wrong(about, "it is not there", "run: rtpy init, or name another with --home or RTPY_HOME")
        return
    if problem := cannot_write(home):
        yield wrong(
            about, f"files cannot be made in it ({problem})", f"give it to the user of rtpy: {_chown(home)}"
        )
    else:
        yield fine(about, "can be written to")
    yield from _room(home)
    yield from look_at_secrets(config)


def look_at_secrets(config: Config) -> Iterator[Finding]:
    """Files that nobody else on this machine may read."""
    address = make_url(config.database.url)
    database = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
    found = [config.home / "secret_key", *([database] if database else [])]
    found += [
        file for file in (config.home / "rtpy.toml", find_etc(config) / "rtpy.toml") if _has_secrets(file)
    ]
    open_ones = [file for file in found if file.is_file() and _is_open(file)]
    for file in open_ones:
        mode = stat.S_IMODE(file.stat().st_mode)
        yield wrong(
            f"file {file}", f"others on this machine can read it (mode {mode:04o})", f"run: chmod 600 {file}"
        )
    for file in found:
        if file.is_file() and not os.access(file, os.R_OK):
            yield wrong(f"file {file}", "this user cannot read it", f"run: {_chown(file)}")
    if not open_ones:
        yield fine("secrets", "nobody else on this machine can read them")


def cannot_write(folder: Path) -> str:
    """Why no file can be made there, in few words; empty when one can."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".rtpy-check-"):
            return ""
    except OSError as error:
        return (error.strerror or str(error)).lower()


def _room(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB free on the disk of {folder}"
    if free < ROOM:
        yield wrong("disk", said, "make room: mail is not taken in when it is full")
    elif free < LITTLE_ROOM:
        yield note("disk", said, "make room soon")
    else:
        yield fine("disk", said)


def _is_open(file: Path) -> bool:
    """Can others read it: by its own mode, and by those of the folders above it, of which one may be closed."""
    mode = file.stat().st_mode
    if not mode & (stat.S_IRGRP | stat.S_IROTH):
        return False
    return all(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for folder in file.resolve().parents)


def _has_secrets(file: Path) -> bool:
    """Does this file of settings give a value to one that is secret? Those of plugins count by their names."""
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError):  # the reader of settings tells that better
        return False
    sections = {name: each for name, each in given.items() if isinstance(each, dict)}
    flat = {f"{section}.{key}": value for section, each in sections.items() for key, value in each.items()}
    return any(value and _is_secret(name) for name, value in {**given, **flat}.items())


def _is_secret(name: str) -> bool:
    option = OPTIONS.get(name)
    return option.secret if option else any(word in name for word in ("password", "secret", "token"))


def _chown(path: Path) -> str:
    return f"chown -R USER {path}"
