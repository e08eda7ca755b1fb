"""Connections to directory servers: which one answers, TLS that is checked, and a bind; all of python-ldap's options.

Never in the clear instead: a server that cannot do the TLS that is asked for is passed over.
"""

import logging
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import ldap

from rtpy.identity.directories.addresses import is_loopback, read_server
from rtpy.identity.directories.directory import DirectoryRefused, DirectoryUnreachable
from rtpy.identity.directories.settings import Settings

log = logging.getLogger("rtpy.directory")

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
SKIPPED_SECONDS = 60.0
"""For so long a server that did not answer is not asked while another one does."""
ALONE_SECONDS = 5.0
"""For so long nobody waits for servers of which none answered."""

UNREACHABLE = (ldap.SERVER_DOWN, ldap.TIMEOUT, ldap.CONNECT_ERROR, ldap.UNAVAILABLE, ldap.BUSY)
WRONG_PASSWORD = (
    ldap.INVALID_CREDENTIALS,
    ldap.UNWILLING_TO_PERFORM,
    ldap.INAPPROPRIATE_AUTH,
    ldap.CONSTRAINT_VIOLATION,
    ldap.INSUFFICIENT_ACCESS,
    ldap.NO_SUCH_OBJECT,
    ldap.INVALID_DN_SYNTAX,
)


@contextmanager
def answers_of(settings: Settings) -> Iterator[None]:
    """Whatever goes wrong with a server inside, as one of the two errors of the port."""
    try:
        yield
    except UNREACHABLE as down:
        raise DirectoryUnreachable(f"“{settings.name}” does not answer: {said(down)}.") from down
    except ldap.LDAPError as wrong:
        raise DirectoryRefused(f"“{settings.name}” refuses what we ask: {said(wrong)}.") from wrong


def connect(
    settings: Settings, dead: MutableMapping[str, float], *, eagerly: bool = False
) -> tuple[str, Any]:
    """The address and the connection (TLS done, nobody bound) of the first server that answers.

    `dead` remembers which did not, and when (monotonic); `eagerly` asks those too. Raises DirectoryUnreachable, and
    DirectoryRefused when a server answers but its TLS is not good, or is needed and not there.
    """
    if not settings.urls:
        raise DirectoryRefused(f"“{settings.name}” has no server: give the address of one.")
    problems: list[DirectoryRefused | DirectoryUnreachable] = []
    for url in settings.urls if eagerly else _alive(settings.urls, dead):
        try:
            connection = _open(settings, url)
        except (DirectoryRefused, DirectoryUnreachable) as problem:
            log.warning("directory %s: %s: %s", settings.id, url, problem)
            dead[url] = time.monotonic()
            problems.append(problem)
        else:
            dead.pop(url, None)
            return url, connection
    refused = next((problem for problem in problems if isinstance(problem, DirectoryRefused)), None)
    if refused is not None:
        raise refused
    raise (
        problems[-1]
        if problems
        else DirectoryUnreachable(
            f"“{settings.name}” did not answer a moment ago: asked again in some seconds."
        )
    )


def bind(settings: Settings, connection: Any, dn: str, password: str) -> bool:
    """Is it the password of `dn`? Never without a password or a DN: a server would say yes, and mean nobody."""
    if not dn.strip() or not password.strip() or "\x00" in password or "\x00" in dn:
        return False
    with answers_of(settings):
        try:
            connection.simple_bind_s(dn, password.encode("utf-8"))
        except (*WRONG_PASSWORD, UnicodeEncodeError):
            return False
        return True


def said(error: Exception) -> str:
    """What a server said, in its words."""
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    words = [str(told.get("desc", "")), str(told.get("info", ""))]
    plain = (word.strip().rstrip(".") for word in words if "unknown error code" not in word)
    return " – ".join(dict.fromkeys(filter(None, plain))) or str(error)


def is_plain(settings: Settings, url: str) -> bool:
    """Would names and passwords go to this server in the clear?"""
    return settings.tls == "none" and not url.lower().startswith("ldaps:")


def _alive(urls: tuple[str, ...], dead: MutableMapping[str, float]) -> list[str]:
    now = time.monotonic()
    for patience in (SKIPPED_SECONDS, ALONE_SECONDS):
        found = [url for url in urls if now - dead.get(url, -SKIPPED_SECONDS) >= patience]
        if found:
            return found
    return []


def _open(settings: Settings, url: str) -> Any:
    is_tls = url.lower().startswith("ldaps:")
    if is_plain(settings, url) and not settings.plain_ok and not is_loopback(url):
        raise DirectoryRefused(f"{url} is asked without TLS: passwords would go over the net in the clear.")
    if settings.tls == "ldaps" and not is_tls:
        raise DirectoryRefused(
            f"{url} does not begin with ldaps://, though TLS from the beginning is chosen."
        )
    try:
        connection = ldap.initialize(url)
        _set_options(connection)
        if is_tls or settings.tls != "none":
            _set_tls(connection, settings.ca)
    except (ldap.LDAPError, ValueError) as wrong:
        raise DirectoryRefused(f"{url} cannot be asked: {said(wrong)}.") from wrong
    try:
        if is_tls:
            connection.search_s(
                "", ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"]
            )  # TLS begins with the first question
        elif settings.tls != "none":
            connection.start_tls_s()
        else:
            connection.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"])
    except UNREACHABLE as down:
        if isinstance(down, ldap.CONNECT_ERROR) or (is_tls and _listens(url)):
            raise DirectoryRefused(
                f"The TLS of {url} is not good: its certificate must name this server, and be signed by an authority "
                "of the settings (without any there: one that this machine trusts)."
            ) from down
        raise DirectoryUnreachable(f"{url} does not answer: {said(down)}.") from down
    except ldap.LDAPError as wrong:
        if is_tls or settings.tls == "none":
            return connection  # it answers; who may not read the root learns so here
        raise DirectoryRefused(f"{url} does not begin TLS: {said(wrong)}.") from wrong
    return connection


def _set_options(connection: Any) -> None:
    connection.protocol_version = ldap.VERSION3
    connection.set_option(ldap.OPT_REFERRALS, 0)
    connection.set_option(ldap.OPT_DEREF, ldap.DEREF_NEVER)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, CONNECT_SECONDS)
    connection.set_option(ldap.OPT_TIMEOUT, ANSWER_SECONDS)


def _set_tls(connection: Any, ca: str) -> None:
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_PROTOCOL_MIN, ldap.OPT_X_TLS_PROTOCOL_TLS1_2)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        if ca.strip():
            file.write(ca)
            file.flush()
            connection.set_option(ldap.OPT_X_TLS_CACERTFILE, file.name)
        else:
            trusted = ssl.get_default_verify_paths()
            if trusted.cafile:
                connection.set_option(ldap.OPT_X_TLS_CACERTFILE, trusted.cafile)
            elif trusted.capath:
                connection.set_option(ldap.OPT_X_TLS_CACERTDIR, trusted.capath)
        # Last: it makes the context of what was set before, and reads the file.
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)


def _listens(url: str) -> bool:
    """Does anybody? Then it is not the server that failed, but TLS; python-ldap calls both the same."""
    parts = read_server(url)
    try:
        with socket.create_connection(
            ((parts and parts.hostname) or "", (parts and parts.port) or 636), timeout=CONNECT_SECONDS
        ):
            return True
    except (OSError, ValueError):
        return False
