"""A PostgreSQL server that a test stops as it likes and starts again, with every commit kept through a crash."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import create_engine, text

from rtpy.testing.servers import throwaway_postgres


class StoppablePostgres:
    """`url` of its database `postgres`; `top` is the folder with its data and its socket."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._top = Path(parse_qs(urlsplit(url).query)["host"][0])
        owner = os.stat(self._top / "data")
        self._as_owner = (
            {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self._program = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[-1]

    def stop(self, mode: str) -> None:
        """`fast` undoes what is under way; `immediate` is a crash."""
        self._control("stop", "-m", mode)

    def start(self) -> None:
        """Up again, and taking sessions."""
        self._control("start", "-o", f"-k {self._top} -h '' -c max_connections=200 -c synchronous_commit=on")

    def cut(self) -> None:
        """Every connection but this one is cut; the server stays."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
        engine.dispose()

    def _control(self, *words: str) -> None:
        command = [self._program, "-D", self._top / "data", "-w", "-l", self._top / "again.log", *words]
        subprocess.run(
            command, check=True, cwd=self._top, stdout=subprocess.DEVNULL, timeout=60, **self._as_owner
        )


@contextmanager
def stoppable_postgres() -> Iterator[StoppablePostgres]:
    """Running, until the end of the block."""
    with throwaway_postgres() as url:
        server = StoppablePostgres(url)
        server.stop("fast")  # it was started without care for crashes
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
