"""What a worker knows of its chores, and writes down now and then for those who watch."""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from rtpy.app import App
from rtpy.errors import RtpyError
from rtpy.models import ChoreRun

log = logging.getLogger("rtpy.worker")

EVERY = 30.0
"""Seconds from one sign of life to the next."""
FORGOTTEN = timedelta(hours=1)
"""After this a node that gives none is gone."""


def this_node() -> str:
    """The name of this process among the workers: machine and process."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


@dataclass(slots=True)
class _Run:
    pace: float
    began: datetime | None = None
    ended: datetime | None = None
    last_good: datetime | None = None
    last_failed: datetime | None = None
    did: int = 0
    failures: int = 0
    last_problem: str = ""


class Runs:
    """The chores of one worker: how the last round of each went. Threads may share it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._node = this_node()
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()
        self._written = 0.0
        self._is_news = True

    def begin(self, name: str, pace: float) -> None:
        """A round begins."""
        with self._lock:
            self._runs.setdefault(name[:64], _Run(pace)).began = self._app.clock.now()

    def end(self, name: str, did: int) -> None:
        """It ended well, and did so much."""
        now = self._app.clock.now()
        with self._lock:
            run = self._runs[name[:64]]
            self._is_news = self._is_news or run.failures > 0
            run.ended = run.last_good = now
            run.did, run.failures = run.did + did, 0

    def fail(self, name: str, error: BaseException) -> None:
        """It ended with an exception."""
        now = self._app.clock.now()
        with self._lock:
            run = self._runs[name[:64]]
            self._is_news = self._is_news or not run.failures
            run.ended = run.last_failed = now
            run.failures, run.last_problem = run.failures + 1, in_few_words(error)

    def keep_when_due(self) -> None:
        """Write all of it down when it is time, or when a chore has begun or ceased to fail."""
        if not self._is_news and time.monotonic() - self._written < EVERY:
            return
        self._written = time.monotonic()
        try:
            self.keep()
        except Exception as error:  # such as a database that is away, of which the chores tell
            log.debug("the state of the chores could not be written: %s", in_few_words(error))

    def keep(self) -> None:
        """Write all of it down, in a transaction of its own; and forget nodes that are gone."""
        with self._lock:
            self._is_news, now = False, self._app.clock.now()
            rows = [
                {"node": self._node, "name": name, "seen": now} | {key: getattr(run, key) for key in _KEYS}
                for name, run in sorted(self._runs.items())
            ]
        if not rows:
            return
        with self._app.sessions() as db:
            on_postgresql = db.get_bind().dialect.name == "postgresql"
            insert = (postgresql if on_postgresql else sqlite).insert(ChoreRun)
            kept = {key: getattr(insert.excluded, key) for key in ("seen", *_KEYS)}
            db.execute(insert.on_conflict_do_update(index_elements=["node", "name"], set_=kept), rows)
            db.execute(
                delete(ChoreRun).where(ChoreRun.node != self._node, ChoreRun.seen < now - FORGOTTEN),
                execution_options={"synchronize_session": False},
            )
            db.commit()


_KEYS = tuple(_Run.__slots__)


def in_few_words(error: BaseException) -> str:
    """What went wrong, without what a statement or a mail held: our own sentences, otherwise kind and reason."""
    if isinstance(error, RtpyError):
        return str(error)[:300]
    if isinstance(error, DBAPIError):
        return type(error.orig).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    return type(error).__name__
