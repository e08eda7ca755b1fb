"""pg_dump and pg_restore: found, and called so that no password shows in a list of processes."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL

from rtpy.backups.archive import PIECE, Taker
from rtpy.errors import Refused

_DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian installs all versions beside each other."""


def find_program(name: str, at_least: int) -> str:
    """The newest `pg_dump` or `pg_restore` of this machine, of that major version or a newer one. Raises Refused."""
    debian = _DEBIAN.glob(f"*/bin/{name}")
    places = [*map(str, debian), *filter(None, [shutil.which(name)])]
    versions = {place: _major(place) for place in places}
    best = max(places, key=lambda place: versions[place], default=None)
    if best is None:
        raise Refused(
            f"{name} is not installed, and PostgreSQL cannot be copied without it: install the package "
            f"postgresql-client (version {at_least} or newer)."
        )
    if versions[best] < at_least:
        raise Refused(
            f"{name} is of version {versions[best]} and the database of version {at_least}: install the package "
            f"postgresql-client-{at_least} or a newer one."
        )
    return best


def dump(program: str, url: URL, snapshot: str, taker: Taker) -> None:
    """Write a dump of the database as that exported snapshot shows it. Raises Refused with what pg_dump says."""
    command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with subprocess.Popen(
        [*command, f"--dbname={_address(url)}"],
        env=_environment(url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(PIECE):
                taker.write(piece)
        except BaseException:
            process.kill()
            raise
        _need_success("pg_dump", process)


def restore(program: str, url: URL, pieces: Iterable[bytes]) -> None:
    """Bring a dump into an empty database, in one transaction: all of it or nothing. Raises Refused."""
    command = [program, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    with subprocess.Popen(
        [*command, f"--dbname={_address(url)}"],
        env=_environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it says itself why it ended
        except BaseException:
            process.kill()
            raise
        _need_success("pg_restore", process)


def _need_success(name: str, process: "subprocess.Popen[bytes]") -> None:
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")  # a few lines: it ends at the first error
    if process.wait():
        lines = [line for line in said.splitlines() if "error" in line.lower()] or said.splitlines()
        raise Refused(f"{name} failed: {lines[0].strip() if lines else 'it gave no reason'}")


def _major(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def _address(url: URL) -> str:
    url = url.set(drivername="postgresql", password=None)
    return url.difference_update_query(["password"]).render_as_string()


def _environment(url: URL) -> dict[str, str]:
    environment = dict(os.environ)
    password = url.password if url.password is not None else url.query.get("password")
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return environment
