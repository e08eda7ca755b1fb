"""Engines and sessions: how a database is opened, and how writers of one SQLite file take turns."""

import contextlib
import fcntl
import threading
import time
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.base import OptionEngine
from sqlalchemy.engine.interfaces import CoreExecuteOptionsParameter
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from rtpy.db.folding import install
from rtpy.db.planning import obey_plans

WRITER_PATIENCE = 30.0
"""Seconds that a writer waits for its turn before the database counts as locked."""
MAPPED = 2**26
"""Bytes of a SQLite file that are read where the system keeps them, not copied page by page."""
RESTED = 1.0
"""Seconds without use after which a connection to a server is tried before it is used again."""


class WriterGate:
    """One writer at a time over all threads and processes of one SQLite file.

    SQLite's own waiting is unfair: under eight writers single ones waited for seconds. A lock in the process and a
    lock on a file beside the database give everybody a turn.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None

    def enter(self) -> None:
        """Wait for the turn; raises TimeoutError after WRITER_PATIENCE."""
        deadline = time.monotonic() + WRITER_PATIENCE
        if not self._lock.acquire(timeout=WRITER_PATIENCE):
            raise TimeoutError("database is locked: another thread of this process keeps writing")
        try:
            if self._file is None:
                self._file = self._path.open("ab")
            pause = 0.0005
            while True:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TimeoutError("database is locked: another process keeps writing") from None
                    time.sleep(pause)
                    pause = min(pause * 2, 0.02)
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Give the file back; the next writer opens it again."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._lock.release()


def make_engine(url: str, *, synchronous: str = "FULL") -> Engine:
    """An engine for `sqlite:///PATH` or `postgresql+psycopg://…`.

    On SQLite: WAL, foreign keys on, and real transactions (BEGIN IMMEDIATE for writers, behind the gate). Take
    `read_only(engine)` for work that only reads: there the database itself refuses a write.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": WRITER_PATIENCE, "check_same_thread": False, "cached_statements": 512},
            hide_parameters=True,  # errors are logged: what a row was to hold is not for the log
        )
        _send_plain_savepoints(engine)
        _prepare_sqlite(engine, Path(parsed.database or "rtpy.db"), synchronous)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    from rtpy.db.cursors import Cursor  # not needed, nor its driver, where SQLite is used

    engine = create_engine(
        parsed,
        pool_size=8,
        max_overflow=16,
        pool_use_lifo=True,
        connect_args={"cursor_factory": Cursor},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    _send_plain_savepoints(engine)
    obey_plans(engine)
    _ping_after_rest(engine)
    return engine


def read_only(engine: Engine) -> Engine:
    """The same engine, for transactions in which nothing may be written."""
    if engine.dialect.name == "sqlite":
        return _Readers(engine, {"rtpy_read_only": True})
    return engine.execution_options(postgresql_readonly=True)


class _Readers(OptionEngine):
    """An engine's readers of a SQLite file, on connections of their own, to which writing is switched off for good.

    To switch it on and off again makes SQLite prepare all statements of a connection anew: that took longer than to
    answer them.
    """

    pool: Any = None  # the engine's own pool is not taken

    def __init__(self, engine: Engine, options: CoreExecuteOptionsParameter) -> None:
        super().__init__(engine, options)
        self.pool = engine.pool.recreate()
        event.listen(self.pool, "connect", _refuse_writes)
        event.listen(engine, "engine_disposed", self._leave)

    def _leave(self, _engine: Engine) -> None:
        self.pool.dispose()
        self.pool = self.pool.recreate()


def _refuse_writes(dbapi: Any, _record: Any) -> None:
    dbapi.execute("PRAGMA query_only=ON")


def make_sessions(engine: Engine | Connection) -> sessionmaker[Session]:
    """A factory of sessions; bound to a connection (tests) their commits only release savepoints."""
    mode: Any = "create_savepoint" if isinstance(engine, Connection) else "conditional_savepoint"
    return sessionmaker(engine, expire_on_commit=False, autoflush=True, join_transaction_mode=mode)


def _send_plain_savepoints(engine: Engine) -> None:
    """SQLAlchemy puts each SAVEPOINT together anew, which takes longer than to send it; the names are its own."""

    def begin(connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def release(connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")

    engine.dialect.do_savepoint = begin  # type: ignore[method-assign]
    engine.dialect.do_release_savepoint = release  # type: ignore[method-assign]


def _ping_after_rest(engine: Engine) -> None:
    """Try a connection that has rested before it is used, so that a server that was restarted costs no request.

    SQLAlchemy's own way tries it at each use, which is one turn over the wire for every page.
    """

    @event.listens_for(engine, "checkin")
    def checkin(_dbapi: Any, record: Any) -> None:
        record.info["rtpy_rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(dbapi: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rtpy_rests_since")
        if since is None or time.monotonic() - since < RESTED:
            return
        try:
            engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise DisconnectionError("The connection was lost while nobody used it.") from gone


def _prepare_postgresql(dbapi: Any, _record: Any) -> None:
    """Compiling a statement, which PostgreSQL does when it expects a long one, takes longer than any of ours runs."""
    dbapi.execute("SET jit = off")
    dbapi.commit()


def _prepare_sqlite(engine: Engine, path: Path, synchronous: str) -> None:
    gate = WriterGate(path.with_name(path.name + ".lock"))

    @event.listens_for(engine, "engine_disposed")
    def disposed(_engine: Engine) -> None:
        gate.close()

    @event.listens_for(engine, "connect")
    def connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=30000",
            f"mmap_size={MAPPED}",
        ):
            dbapi.execute(f"PRAGMA {pragma}")
        install(dbapi)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("rtpy_read_only"):
            dbapi: Any = connection.connection.dbapi_connection
            dbapi.execute("BEGIN")  # takes no lock yet, so it cannot fail
            return
        try:
            gate.enter()
        except TimeoutError as late:
            raise OperationalError("BEGIN IMMEDIATE", {}, late) from late
        connection.info["rtpy_gate"] = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            _leave(connection)
            raise

    def _leave(connection: Connection) -> None:
        if connection.info.pop("rtpy_gate", False):
            gate.leave()

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        # SQLAlchemy tells before it commits: commit here, so that the gate opens after the fact.
        try:
            connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
        except engine.dialect.loaded_dbapi.Error as failed:  # the disk is full, or broken
            raise OperationalError("COMMIT", {}, failed) from failed
        _leave(connection)

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        with contextlib.suppress(Exception):
            connection.connection.dbapi_connection.rollback()  # type: ignore[union-attr]
        _leave(connection)

    @event.listens_for(engine.pool, "reset")
    def reset(dbapi: Any, record: Any, _state: Any) -> None:
        if record.info.pop("rtpy_gate", False):
            with contextlib.suppress(Exception):
                dbapi.rollback()
            gate.leave()
