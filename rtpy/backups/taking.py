"""Taking a backup: one file with everything of a site, under its final name only when it is whole and verified."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy import inspect

from rtpy import __version__
from rtpy.app import App
from rtpy.backups.archive import PIECE, Writer
from rtpy.backups.figures import read_figures
from rtpy.backups.home import files_of, sync, sync_folder
from rtpy.backups.manifest import NAME, SUM, Manifest
from rtpy.backups.outside import FOLDER, add_outside
from rtpy.backups.snapshot import Tell, take_snapshot
from rtpy.backups.verifying import verify
from rtpy.errors import Refused
from rtpy.faults import reach
from rtpy.installed import all_installed, plugin_folders
from rtpy.models import User
from rtpy.site_key import problem_of

DRAFTS = ".rtpy-backup.part"
"""The folder beside a backup in which it is made."""


def take_backup(app: App, file: Path, etc: Mapping[str, Path], tell: Tell) -> Manifest:
    """Write a backup of the site to `file`, which must not exist, while the site runs; returns its manifest.

    `etc` are further files to keep, by name. Only the owner may read the result. Raises Refused, OSError.
    """
    if file.exists():
        raise Refused(f"There is {file} already: give another name, or a folder.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}: make it first, for your eyes only (mkdir -m 700).")
    with _drafts(file.parent) as drafts:
        draft = drafts / "backup.tar"
        with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            _write(app, out, drafts, etc, tell)
            out.flush()
            sync(out.fileno())
        manifest = verify(draft, tell)
        reach("backup-written")
        if file.exists():
            raise Refused(f"There is {file} already: somebody else wrote it meanwhile.")
        draft.rename(file)
        sync_folder(file.parent)
    return manifest


def _write(app: App, out: IO[bytes], drafts: Path, etc: Mapping[str, Path], tell: Tell) -> None:
    writer = Writer(out)
    made = datetime.now(UTC)
    with take_snapshot(app, drafts, tell) as snapshot:
        if not inspect(snapshot.db.connection()).has_table(User.__tablename__):
            raise Refused("The database is empty: there is nothing to back up. Run: rtpy init")
        if problem := problem_of(snapshot.db.connection(), app.config):
            raise Refused(f"A backup from here would hold no key that opens it. {problem}")
        tell("Counting rows", 0, 0)
        figures = read_figures(app.work_in(snapshot.db))
        outside, unreadable = add_outside(app, snapshot.db, writer, tell)
        with writer.member(snapshot.member) as taker:
            snapshot.write(taker)
    for name, file in [*files_of(app.config.home), *((f"etc/{name}", file) for name, file in etc.items())]:
        with file.open("rb") as source, writer.member(name) as taker:
            while piece := source.read(PIECE):
                taker.write(piece)
    installed = all_installed(plugin_folders(app.config.home))
    manifest = Manifest(
        rtpy=__version__,
        made=made.isoformat(timespec="seconds"),
        site=app.config.rtname,
        database=snapshot.database,
        plugins={name: installed[name].version if name in installed else "" for name in app.config.plugins},
        dropped=tuple(name for name, each in installed.items() if each.folder),
        figures=figures,
        outside=outside,
        unreadable=unreadable,
        members={name: sha256 for name, sha256 in writer.sums.items() if not name.startswith(FOLDER)},
    )
    writer.add(NAME, manifest.to_json())
    writer.add(SUM, f"{writer.sums[NAME]}\n".encode())
    writer.close()


@contextmanager
def _drafts(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished; what a killed one left is taken away first. One at a time in a folder."""
    drafts = folder / DRAFTS
    try:
        drafts.mkdir(mode=0o700)
        is_ours = True
    except FileExistsError:
        is_ours = drafts.lstat().st_uid == os.geteuid()
    try:
        number = os.open(drafts, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except NotADirectoryError:  # a link, too
        raise _strange(drafts) from None
    try:
        if not is_ours:
            raise _strange(drafts)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another backup is being written into {folder}: wait until it is done.") from None
        for left in drafts.iterdir():
            left.unlink()
        try:
            yield drafts
        finally:
            shutil.rmtree(drafts, ignore_errors=True)
    finally:
        os.close(number)


def _strange(drafts: Path) -> Refused:
    """Others could read what lies there, or have us delete what is theirs."""
    return Refused(
        f"{drafts} is no folder of yours, such as a backup makes for what is not finished: look whose it is "
        "and delete it, or choose another folder."
    )
