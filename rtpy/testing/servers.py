"""Servers for one test run: PostgreSQL and slapd on their own files, and what else tests run; nothing is installed.

Works for root (PostgreSQL then runs as an unprivileged user, since it refuses root) and for anybody else.
`python -m rtpy.testing.servers` prints what is missing, one a line, and exits 1 if anything is.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_PATIENCE = 30.0
"""Seconds that a server may take to come up on a busy machine."""


@dataclass(frozen=True, slots=True)
class LdapServer:
    """A running slapd: where it listens, what it holds, and who may write to it."""

    url: str
    base: str
    admin: str
    password: str


def missing_servers() -> Mapping[str, str]:
    """What tests cannot use on this machine: name of the Debian package, and a sentence saying what it costs."""
    missing = {}
    if _postgres_program("postgres") is None:
        missing["postgresql"] = "PostgreSQL is not installed: tests on PostgreSQL do not run."
    if slapd_program("slapd") is None:
        missing["slapd"] = "slapd is not installed: tests against a directory server do not run."
    if shutil.which("dovecot") is None and not Path("/usr/sbin/dovecot").exists():
        missing["dovecot-imapd"] = "Dovecot is not installed: tests against a mailbox server do not run."
    if nginx_program() is None:
        missing["nginx-light"] = "nginx is not installed: tests behind a real proxy do not run."
    if _chromium_program() is None:
        missing["chromium"] = "Chromium is not installed: tests in a browser do not run."
    if shutil.which("rt-5") is None or shutil.which("rt-mailgate-5") is None:
        missing["rt5-clients"] = "RT's own clients are not installed: tests that run them do not run."
    if not _has_atomic():
        missing["libatomic1"] = (
            "libatomic, which Playwright needs, is not installed: tests in a browser do not run."
        )
    return missing


def chromium_path() -> Path | None:
    """The Chromium or Chrome of this machine, for Playwright's `executable_path`; None if it cannot drive any."""
    return _chromium_program() if _has_atomic() else None


def _has_atomic() -> bool:
    """Whether the library is there that Playwright's own program is linked with, but does not bring."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _chromium_program() -> Path | None:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    return None


@contextmanager
def throwaway_postgres(directory: Path | None = None, *, more: Sequence[str] = ()) -> Iterator[str]:
    """A PostgreSQL server of its own; yields the address of its database `postgres`, as SQLAlchemy reads it.

    Listens on a socket only. Its files lie below `directory` where that works, otherwise (the path is too long for
    a socket, or closed to the user it must run as) in the system's folder for temporary files; they are removed at
    the end. Crash safety is off, for speed; `more` are further settings. Raises FileNotFoundError when PostgreSQL is
    not installed.
    """
    initdb, postgres = _postgres_program("initdb"), _postgres_program("postgres")
    if initdb is None or postgres is None:
        raise FileNotFoundError(missing_servers().get("postgresql", "initdb is not installed."))
    top = Path(tempfile.mkdtemp(prefix="rtpy-pg-", dir=directory if directory and _fits(directory) else None))
    owner = _unprivileged(top)
    data = top / "data"
    try:
        make: list[Any] = [
            initdb,
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=top, **owner)
        settings = [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=60",
            *more,
        ]
        command = [
            postgres,
            "-D",
            data,
            "-k",
            top,
            "-h",
            "",
            *(word for pair in settings for word in ("-c", pair)),
        ]
        with running(command, top, lambda: _takes_sessions(data), **owner):
            yield f"postgresql+psycopg://postgres@/postgres?host={top}"
    finally:
        shutil.rmtree(top, ignore_errors=True)


@contextmanager
def throwaway_replica(primary: str) -> Iterator[str]:
    """A streaming replica of the server of `throwaway_postgres`; yields the address of the same database on it."""
    basebackup, postgres = _postgres_program("pg_basebackup"), _postgres_program("postgres")
    if basebackup is None or postgres is None:
        raise FileNotFoundError(missing_servers().get("postgresql", "pg_basebackup is not installed."))
    socket_of_primary = parse_qs(urlsplit(primary).query)["host"][0]
    top = Path(tempfile.mkdtemp(prefix="rtpy-pg-"))
    owner = _unprivileged(top)
    data = top / "data"
    try:
        copy: list[Any] = [
            basebackup,
            "-D",
            data,
            "-h",
            socket_of_primary,
            "-U",
            "postgres",
            "-R",
            "--no-sync",
        ]
        copy += ["--checkpoint=fast", "-X", "stream"]
        subprocess.run(copy, check=True, stdout=subprocess.DEVNULL, cwd=top, **owner)
        command = [postgres, "-D", data, "-k", top, "-h", "", "-c", "fsync=off", "-c", "max_connections=60"]
        with running(command, top, lambda: _takes_sessions(data), **owner):
            yield primary.replace(socket_of_primary, str(top))
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _takes_sessions(data: Path) -> bool:
    """PostgreSQL opens its socket before it takes sessions; the eighth line of its pid file says when it does."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


@contextmanager
def throwaway_slapd(directory: Path, entries: str = "") -> Iterator[LdapServer]:
    """An LDAP server of its own on a free port of 127.0.0.1, holding `entries` (LDIF) below dc=example,dc=com.

    The top entry is there already. Raises FileNotFoundError when slapd is not installed.
    """
    slapd, slapadd = slapd_program("slapd"), slapd_program("slapadd")
    if slapd is None or slapadd is None:
        raise FileNotFoundError(missing_servers().get("slapd", "slapadd is not installed."))
    server = LdapServer(
        url=f"ldap://127.0.0.1:{free_port()}",
        base="dc=example,dc=com",
        admin="cn=admin,dc=example,dc=com",
        password="admin-secret",
    )
    (directory / "db").mkdir(parents=True)
    settings = directory / "slapd.conf"
    settings.write_text(_SLAPD_CONF.format(directory=directory, server=server))
    ldif = directory / "seed.ldif"
    top = f"dn: {server.base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"
    ldif.write_text(top + entries)
    subprocess.run([slapadd, "-f", settings, "-l", ldif], check=True, capture_output=True)
    port = int(server.url.rpartition(":")[2])
    command = [slapd, "-f", settings, "-h", f"{server.url}/", "-d", "0"]
    with running(command, directory, lambda: answers("127.0.0.1", port)):
        yield server


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


_SLAPD_CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {directory}/slapd.pid
database mdb
maxsize 67108864
suffix "{server.base}"
rootdn "{server.admin}"
rootpw {server.password}
directory {directory}/db
index objectClass,uid,mail,member eq
"""


def _postgres_program(name: str) -> Path | None:
    """The newest one that Debian installed, else the one on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = shutil.which(name)
    return debian[-1] if debian else Path(found) if found else None


def slapd_program(name: str) -> Path | None:
    """Where a program of slapd is; it is rarely on PATH."""
    return _server_program(name)


def nginx_program() -> Path | None:
    """Where nginx is; the same holds for it."""
    return _server_program("nginx")


def _server_program(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def _fits(directory: Path) -> bool:
    """Whether a socket's address has room for `directory`, and everybody may pass through it."""
    places = [directory.absolute(), *directory.absolute().parents]
    return len(str(places[0])) < 60 and (
        os.geteuid() != 0 or all(each.stat().st_mode & 0o001 for each in places)
    )


def _unprivileged(directory: Path) -> dict[str, Any]:
    """Arguments for subprocess that leave root behind, with `directory` handed over; empty for everybody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(directory, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise LookupError("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


@contextmanager
def running(command: list[Any], directory: Path, is_up: Callable[[], bool], **options: Any) -> Iterator[None]:
    """Run `command` from the moment `is_up` until the end of the block; SIGINT ends it, if need be SIGKILL."""
    with (directory / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, **options)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not is_up():
            if process.poll() is not None or time.monotonic() > deadline:
                told = (directory / "server.log").read_text(errors="replace")
                raise RuntimeError(f"{command[0]} did not come up:\n{told[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(host: str, port: int) -> bool:
    """Does anybody listen there?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((host, port)) == 0


if __name__ == "__main__":
    for package, sentence in missing_servers().items():
        print(f"{package}\t{sentence}")
    sys.exit(1 if missing_servers() else 0)
