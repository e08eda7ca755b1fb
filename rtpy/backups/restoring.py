"""Restoring a backup into an empty home and an empty database, and making sure that all of it is there."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, delete, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.backups import postgresql
from rtpy.backups.archive import Member, read_members
from rtpy.backups.figures import attachments, count_rows, differences, read_figures, revisions_in
from rtpy.backups.fitting import is_older, need_known, need_plugins
from rtpy.backups.home import (
    begin,
    clear,
    finish,
    name_database,
    need_empty,
    place_of,
    sync_folder,
    write_private,
)
from rtpy.backups.manifest import Figures, Manifest
from rtpy.backups.outside import FOLDER, put_back, read_all
from rtpy.backups.references import broken_references
from rtpy.backups.snapshot import Tell, sqlite_file, unpack_sqlite
from rtpy.backups.verifying import verify
from rtpy.config import Config
from rtpy.db.session import make_engine
from rtpy.errors import Refused
from rtpy.faults import reach
from rtpy.mail.restored import begin_held
from rtpy.models import Configuration
from rtpy.models.configuration import LAST_BACKUP, RESTORED_FROM
from rtpy.site_key import refuse_another_key


@dataclass(frozen=True, slots=True)
class Restored:
    """A site that was restored. `is_older`: its database must be migrated. `lost` are attachments that the backup
    never had; `key_problem` says what is wrong with its secret_key, if anything is."""

    manifest: Manifest
    config: Config
    is_older: bool
    lost: tuple[str, ...]
    key_problem: str = ""


def restore(
    file: Path,
    home: Path,
    database: str,
    *,
    read: Callable[[], Config],
    make_app: Callable[[Config], App],
    tell: Tell,
) -> Restored:
    """Restore a backup into `home`, and into the database of that address or (empty) of the restored configuration.

    `read` reads the configuration of the home when its files are there. Raises Refused: with nothing left behind while
    the database is not filled yet, afterwards with a home that does not start. Outgoing mail is held.
    """
    manifest = verify(file, tell)
    need_known(manifest)
    need_empty(home, file)
    begin(home)
    try:
        _restore_home(file, home)
        if database:
            name_database(home / "rtpy.toml", database)
        config = read()
        app = make_app(config)
        need_plugins(manifest, config)
        need_known(manifest, app.lines)
        url = make_url(config.database.url)
        _need_empty_database(manifest, url)
    except BaseException:
        clear(home)
        raise
    _fill_database(file, manifest, url, config, tell)
    reach("database-restored")
    with app.sessions.begin() as db:
        begin_held(app, db)
        _note_origin(db, manifest, app.clock.now())
    try:
        older = is_older(manifest, app)
        with app.sessions.begin() as db:
            _put_back_attachments(file, app, db, tell)
        with app.sessions.begin() as db:
            _check(app, db, manifest, tell, older=older)
        key_problem = _compare_key(app)
    finally:
        app.engine.dispose()
    sync_folder(home)
    finish(home)
    return Restored(manifest, config, older, manifest.unreadable, key_problem)


def _compare_key(app: App) -> str:
    """Note whose key it is when the backup is of before that was noted; else compare."""
    try:
        refuse_another_key(app.engine, app.config, app.clock.now())
    except Refused as problem:
        return str(problem)
    return ""


def _note_origin(db: Session, manifest: Manifest, now: datetime) -> None:
    """The backups that the old site knew of are not this one's: say which one it came from instead."""
    db.execute(delete(Configuration).where(Configuration.name == LAST_BACKUP))
    value = {"made": manifest.made, "restored": now.isoformat(timespec="seconds")}
    db.merge(Configuration(name=RESTORED_FROM, value=value, updated=now))


def _restore_home(file: Path, home: Path) -> None:
    for member in _members(file):
        if member.name.startswith(("home/", "etc/")):
            write_private(place_of(member.name, home), member.read())


def _need_empty_database(manifest: Manifest, url: URL) -> None:
    kind = url.get_backend_name()
    shown = url.render_as_string(hide_password=True)
    if kind != manifest.kind:
        other = "PostgreSQL" if manifest.kind == "postgresql" else "SQLite"
        raise Refused(
            f"The backup is of a database of {other}, and {shown} is none: give the address of one with --database. "
            "Between the two kinds moves: rtpy copy-database."
        )
    if kind == "sqlite":
        if sqlite_file(url.render_as_string()).exists():
            raise Refused(
                f"There is a database already at {shown}: give another place with --database sqlite:///PATH."
            )
        return
    engine = make_engine(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise Refused(
                    f"The database {shown} is not empty. Make a new one, such as by `createdb -O rtpy rtpy_restored`, "
                    "and give its address with --database."
                )
    finally:
        engine.dispose()


def _fill_database(file: Path, manifest: Manifest, url: URL, config: Config, tell: Tell) -> None:
    with file.open("rb") as raw:
        for member in read_members(raw):
            if member.name.startswith("database."):
                _fill_from(_told(member, tell), manifest, url, config)
                return
    raise Refused(f"The backup {file} holds no database.")


def _fill_from(pieces: Iterator[bytes], manifest: Manifest, url: URL, config: Config) -> None:
    if manifest.kind == "sqlite":
        place = sqlite_file(config.database.url)
        place.parent.mkdir(parents=True, exist_ok=True)
        unpack_sqlite(pieces, place)
        try:
            with closing(sqlite3.connect(place)) as there:
                (said,) = there.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise Refused(f"The restored database is damaged: {said}")
        return
    major = int(manifest.database.partition(" ")[2].partition(".")[0] or 0)
    postgresql.restore(postgresql.find_program("pg_restore", major), url, pieces)


def _put_back_attachments(file: Path, app: App, db: Session, tell: Tell) -> None:
    done = 0
    for member in _members(file):
        if member.name.startswith(FOLDER):
            put_back(app, db, member.name.rpartition("/")[2], member.read())
            done += 1
            tell("Restoring attachments", done, 0)


def _check(app: App, db: Session, manifest: Manifest, tell: Tell, *, older: bool) -> None:
    """Raises Refused with everything in which the restored site is not what was backed up."""
    tell("Counting rows", 0, 0)
    expected = _without_the_outbox(manifest.figures)
    if older:  # its tables are not those of the models
        found = Figures(
            revisions_in(db.connection()), count_rows(db.connection()), expected.vital, attachments(db)
        )
    else:
        work = app.work_in(db)
        found = read_figures(work)
        names = {f"{name}:" for name in app.config.set_aside}
        expected = replace(
            expected,
            vital={
                name: value for name, value in expected.vital.items() if name.partition(" ")[0] not in names
            },
        )
    wrong = differences(expected, _without_the_outbox(found))
    wrong += broken_references(db, tell)
    lost = set(read_all(app, db, tell)) - set(manifest.unreadable)
    wrong += [f"attachment {sha256} cannot be read" for sha256 in sorted(lost)[:5]]
    if wrong:
        more = f", and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise Refused(
            f"The restored site is not what was backed up: {'; '.join(wrong[:10])}{more}. It does not start: see which "
            "backup is better."
        )


def _without_the_outbox(figures: Figures) -> Figures:
    """Without the table in which the restored site notes that its mail is held."""
    rows = {table: count for table, count in figures.rows.items() if table != "configurations"}
    return replace(figures, rows=rows)


def _members(file: Path) -> Iterator[Member]:
    with file.open("rb") as raw:
        yield from read_members(raw)


def _told(member: Member, tell: Tell) -> Iterator[bytes]:
    done = 0
    for piece in member.pieces():
        yield piece
        done += len(piece)
        tell("Restoring the database", done, member.size)
