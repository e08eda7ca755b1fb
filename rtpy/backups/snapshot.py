"""One moment of a running database: its figures, and its content as a stream, both from the same snapshot."""

import gzip
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.backups import postgresql
from rtpy.backups.archive import PIECE, Taker
from rtpy.db.session import make_engine, make_sessions, read_only
from rtpy.errors import Refused

Tell = Callable[[str, int, int], None]
"""What is done, how much of it, of how much (0: not known)."""

_PAGES = 4096
"""Pages of SQLite that are copied between two looks at the progress."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`db` reads the moment; `write` writes its content; `member` is its name; `database` is kind and version."""

    db: Session
    write: Callable[[Taker], None]
    member: str
    database: str


@contextmanager
def take_snapshot(app: App, folder: Path, tell: Tell) -> Iterator[Snapshot]:
    """The database of `app` as it is now, for as long as the block lasts; it may be written meanwhile.

    A copy of SQLite's file lies in `folder` until then. Raises Refused when pg_dump is missing or too old.
    """
    if app.engine.dialect.name == "sqlite":
        with _of_sqlite(app, folder / "rtpy.db", tell) as snapshot:
            yield snapshot
    else:
        with _of_postgresql(app, tell) as snapshot:
            yield snapshot


@contextmanager
def _of_sqlite(app: App, copy: Path, tell: Tell) -> Iterator[Snapshot]:
    source = sqlite_file(app.config.database.url)
    if not source.is_file():
        raise Refused(f"There is no database at {source}: nothing to back up. Run: rtpy init")
    try:
        _copy_sqlite(source, copy, tell)
    except sqlite3.Error as error:
        raise Refused(f"The database {source} cannot be copied: {error}.") from error
    engine = make_engine(f"sqlite:///{copy}")
    with make_sessions(read_only(engine))() as db:

        def write(taker: Taker) -> None:
            db.rollback()
            db.close()
            engine.dispose()  # what its journal holds is in the file now
            size, done = copy.stat().st_size, 0
            # fast: a database halves at the lowest level, and hardly shrinks further
            with (
                copy.open("rb") as file,
                gzip.GzipFile(
                    fileobj=cast("gzip._WritableFileobj", taker), mode="wb", compresslevel=1, mtime=0
                ) as packed,
            ):
                while piece := file.read(PIECE):
                    packed.write(piece)
                    done += len(piece)
                    tell("Packing the database", done, size)

        yield Snapshot(db, write, "database.sqlite.gz", f"sqlite {sqlite3.sqlite_version}")
    engine.dispose()


def _copy_sqlite(source: Path, copy: Path, tell: Tell) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(copy)) as there,
    ):
        # an open transaction keeps writers from making the copy begin anew
        here.isolation_level = None
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.backup(
            there,
            pages=_PAGES,
            sleep=0,
            progress=lambda _, left, total: tell("Copying the database", total - left, total),
        )


def unpack_sqlite(pieces: Iterator[bytes], file: Path) -> None:
    """The content of such a member as a database, in a new file that is synced. Raises Refused when it is damaged."""
    try:
        with (
            gzip.GzipFile(fileobj=cast("gzip._ReadableFileobj", _Reading(pieces)), mode="rb") as packed,
            file.open("xb") as out,
        ):
            shutil.copyfileobj(packed, out, PIECE)
            out.flush()
            os.fsync(out.fileno())
    except (EOFError, gzip.BadGzipFile) as error:
        raise Refused(f"The database in the backup cannot be unpacked: {error}") from error


class _Reading:
    """Pieces as a file that can be read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._rest += piece
        found, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return found


@contextmanager
def _of_postgresql(app: App, tell: Tell) -> Iterator[Snapshot]:
    engine = app.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection, make_sessions(connection)() as db:
        number, version = connection.execute(
            text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        ).one()
        program = postgresql.find_program("pg_dump", int(number) // 10_000)
        exported = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        size = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

        def write(taker: Taker) -> None:
            counted = _Told(taker, lambda done: tell("Copying the database", done, max(size, done)))
            postgresql.dump(program, make_url(app.config.database.url), exported, counted)

        yield Snapshot(db, write, "database.pgdump", f"postgresql {version}")


class _Told:
    """Passes pieces on and says how many bytes they were."""

    def __init__(self, taker: Taker, tell: Callable[[int], None]) -> None:
        self._taker, self._tell, self._done = taker, tell, 0

    def write(self, data: bytes) -> None:
        self._taker.write(data)
        self._done += len(data)
        self._tell(self._done)


def sqlite_file(url: str) -> Path:
    """Where a database of SQLite lies."""
    return Path(make_url(url).database or "rtpy.db")
