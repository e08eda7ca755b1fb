"""Waiting for locks without holding up the site: tries that give up soon, and pauses in which the others go on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from rtpy.errors import Conflict

T = TypeVar("T")

LOCK = 7_203_011
"""Number of the advisory lock on PostgreSQL: two nodes starting at once migrate one after the other."""

NOT_NOW = ("55P03", "40P01")
"""How PostgreSQL says that a lock was not to be had in time, and that two waited for each other."""

LONGEST_PAUSE = 10.0
LOOK_EVERY = 0.5
"""Seconds between two looks whether another node has finished migrating."""


def silent(_sentence: str) -> None:
    """For whom nobody listens to."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a migration waits. All times in seconds."""

    lock_timeout: float = 5.0
    """For one try: as long as a revision waits for its lock, others queue behind it."""
    longest: float = 600.0
    """After so much trying of one revision or batch it gives up."""
    say: Callable[[str], None] = silent

    def until_done(self, connection: Connection, what: str, deed: Callable[[], T]) -> T:
        """Run `deed`, which commits; again after a pause as long as a lock is not to be had.

        Raises Conflict when it never was; what the deed has not committed is undone.
        """
        began, pause = time.monotonic(), 0.5
        while True:
            try:
                return deed()
            except DBAPIError as error:
                connection.rollback()
                if not is_about_locks(error):
                    raise
                if time.monotonic() - began > self.longest:
                    raise Conflict(
                        f"{what} found no moment in {self.longest:g} s in which it could have its lock"
                        f"{_who_holds(connection)}. What came before it is kept: run `rtpy migrate` again at a "
                        "quieter time."
                    ) from error
                self.say(
                    f"{what} waits for a lock{_who_holds(connection)}; it tries again in {pause:g} s, the site "
                    "goes on meanwhile."
                )
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


def is_about_locks(error: DBAPIError) -> bool:
    """Did the statement fail only because others were busy?"""
    code = getattr(error.orig, "sqlstate", None)
    return code in NOT_NOW or "database is locked" in str(error.orig)


@contextmanager
def alone(connection: Connection, patience: Patience) -> Iterator[None]:
    """No other node migrates while the block runs; on SQLite writers take turns anyway.

    The lock is asked for again and again: one that waited for it in the database would hold a snapshot, for which an
    index that is built beside the running site waits in turn.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    told = False
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        connection.rollback()
        if not told:
            patience.say("Another rtpy is migrating this database: waiting until it has finished.")
            told = True
        time.sleep(LOOK_EVERY)
    connection.rollback()
    timeout = f"{round(patience.lock_timeout * 1000)}ms"
    _set(connection, f"SET SESSION lock_timeout = '{timeout}'")
    try:
        yield
    finally:
        try:
            connection.rollback()
            _set(connection, "RESET lock_timeout")
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.rollback()
        except SQLAlchemyError:
            connection.invalidate()  # it is gone, and its locks with it


def _set(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
    connection.commit()


def _who_holds(connection: Connection) -> str:
    """The oldest of the other transactions: as a rule it is the one that is waited for."""
    if connection.dialect.name != "postgresql":
        return ""
    oldest = connection.execute(
        text(
            "SELECT pid, usename, extract(epoch FROM clock_timestamp() - xact_start) AS age FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL "
            "AND backend_type = 'client backend' ORDER BY xact_start LIMIT 1"
        )
    ).one_or_none()
    connection.rollback()
    if oldest is None:
        return ""
    return (
        f" (the oldest other transaction: process {oldest.pid} of {oldest.usename}, since {oldest.age:.0f} s)"
    )
