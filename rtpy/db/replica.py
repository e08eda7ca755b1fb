"""A streaming replica of the PostgreSQL server, asked only when it has all that was committed before the question."""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from rtpy.db.session import make_engine, make_sessions, read_only

log = logging.getLogger("rtpy.replica")

REST = 10.0
"""Seconds for which a replica that is away or behind is left alone."""
STEP = 0.005
"""Seconds between two looks whether it has caught up."""
CONNECT_SECONDS = 2

# What is committed is flushed before it is told to be; where that is switched off, what is written counts.
_WRITTEN = text(
    "SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() "
    "ELSE pg_current_wal_flush_lsn() END::text"
)
_REPLAYED = text(
    "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn), "
    "EXTRACT(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
)


class Replica:
    """The replica at `url` of the server behind `primary`, for which a reader waits `patience` seconds at most."""

    def __init__(
        self, primary: Engine, url: str, patience: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._primary = primary
        self._url = url
        self._patience = patience
        self._clock = clock
        self._rests_until = 0.0
        self._is_out = False

    @cached_property
    def engine(self) -> Engine:
        """Its engine, on which nothing can be written."""
        url = make_url(self._url)
        if "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
        return make_engine(url.render_as_string(hide_password=False))

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Makes sessions on it."""
        return make_sessions(read_only(self.engine))

    def is_ready(self) -> bool:
        """Does it show by now all that was committed on the primary before this call? Then it may answer instead.

        So nobody ever sees less than they, or anybody, wrote before they asked. One question to each of the two.
        Raises what the primary raises.
        """
        if self._clock() < self._rests_until:
            return False
        # AUTOCOMMIT: no transaction is worth it
        with self._primary.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            written = connection.scalar(_WRITTEN)
        try:
            return self._has(written)
        except DBAPIError as error:
            self.rest(f"does not answer ({type(error.orig).__name__})")
            return False

    def rest(self, why: str) -> None:
        """Leave it alone for REST seconds; the log is told when that begins."""
        self._rests_until = self._clock() + REST
        if not self._is_out:
            log.warning("the replica %s; the primary answers instead", why)
        self._is_out = True

    def dispose(self) -> None:
        """Close its connections."""
        if "engine" in vars(self):
            self.engine.dispose()

    def _has(self, written: Any) -> bool:
        until = self._clock() + self._patience
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while True:
                is_replica, has_it, behind = connection.execute(_REPLAYED, {"written": written}).one()
                if not is_replica:
                    self.rest("is none, or none any more")
                    return False
                if has_it:
                    break
                if self._clock() >= until:
                    self.rest(f"is behind, by {behind or 0:.0f} s")
                    return False
                time.sleep(STEP)
        if self._is_out:
            log.warning("the replica is there again")
            self._is_out = False
        return True
