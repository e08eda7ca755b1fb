"""One request to a server that somebody named: looked up once, connected to that very address, bounded in all it takes.

No redirect is followed, no proxy is asked. Every wait ends at one deadline, and of an answer no more than a few
kilobytes are read, so a server can neither lead us elsewhere nor hold us up.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rtpy.outbound.addresses import Address
from rtpy.outbound.allowed import Allowed
from rtpy.outbound.resolving import Resolver, resolve
from rtpy.outbound.target import Target, judge

LONGEST_HEAD = 32 * 1024
"""Bytes of the answer before its body."""
_BLOCK = 8192


class NoAnswer(Exception):
    """Nobody answered, or not in HTTP; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; `body` is its beginning, `is_cut` says that there was more."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    address: str

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


def ask(
    method: str,
    target: Target,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    allowed: Allowed,
    seconds: float,
    most: int,
    resolver: Resolver = resolve,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send one request and read at most `most` bytes of the answer's body, all of it within `seconds`.

    Raises NotAllowed when one of the addresses of the host may not be connected to, and NoAnswer.
    """
    until = time.monotonic() + seconds
    try:
        addresses = _addresses(target, seconds, resolver)
        for address in addresses:
            judge(target, address, allowed)
        sock, address = _connect(target, addresses, until, context)
        with sock:
            return _exchange(
                _Bounded(sock, until, LONGEST_HEAD + most), method, target, headers, body, most, address
            )
    except TimeoutError as late:
        raise NoAnswer(
            str(late) if "name" in str(late) else f"no answer within {seconds:g} seconds"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(f"the certificate of {target.host} is not valid: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise NoAnswer(f"no encrypted connection: {error.reason or error}") from None
    except http.client.RemoteDisconnected:
        raise NoAnswer("the server closed the connection without an answer") from None
    except OSError as error:
        raise NoAnswer(error.strerror or str(error) or type(error).__name__) from None
    except http.client.HTTPException as error:
        raise NoAnswer(f"this is no answer in HTTP: {type(error).__name__} {error}".strip()[:300]) from None


def _addresses(target: Target, seconds: float, resolver: Resolver) -> list[Address]:
    typed = target.address
    return [typed] if typed is not None else resolver(target.host, target.port, seconds)


def _connect(
    target: Target, addresses: list[Address], until: float, context: ssl.SSLContext | None
) -> tuple[socket.socket, Address]:
    """To the first address that takes the connection; encrypted under the name of the host."""
    problem: OSError = OSError("there is no address")
    for position, address in enumerate(addresses):
        # A dead address must not use up the time of the others.
        share = _left(until) / (len(addresses) - position)
        try:
            plain = socket.create_connection((str(address), target.port), timeout=share)
        except OSError as error:
            problem = error
            continue
        if target.scheme == "http":
            return plain, address
        try:
            plain.settimeout(_left(until))
            return (context or _trusting()).wrap_socket(plain, server_hostname=target.host), address
        except BaseException:
            plain.close()
            raise
    raise problem


@lru_cache(maxsize=1)
def _trusting() -> ssl.SSLContext:
    """Trusts the authorities that the system trusts."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _exchange(
    sock: "_Bounded",
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    most: int,
    address: Address,
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.auto_open = 0
    connection.sock = sock
    sent = {"Host": target.host_header, "Accept-Encoding": "identity", "Connection": "close", **headers}
    try:
        connection.request(method, target.path, body=body, headers=sent)
    except (BrokenPipeError, ConnectionResetError):
        pass  # who refuses a body early has answered already
    answer = connection.getresponse()
    if sock.is_spent:
        raise NoAnswer("the head of the answer is too long")
    is_cut = False
    read = b""
    try:
        while len(read) <= most and (some := answer.read1(_BLOCK)):
            read += some
    except (OSError, http.client.HTTPException):
        is_cut = True  # the status is known: how the body ends does not matter
    return Answer(
        answer.status,
        answer.reason[:200],
        tuple(answer.getheaders())[:100],
        read[:most],
        is_cut or bool(answer.length) or len(read) > most,
        str(address),
    )


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


class _Bounded:
    """A socket whose every call ends at one moment, and of which only so many bytes can be read."""

    def __init__(self, sock: socket.socket, until: float, most: int) -> None:
        self._sock = sock
        self._until = until
        self._left = most

    def sendall(self, data: bytes) -> None:
        """Send all of it in time."""
        view = memoryview(data)
        while view:
            self._sock.settimeout(_left(self._until))
            view = view[self._sock.send(view) :]

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        """What the answer is read from."""
        return io.BufferedReader(_Reading(self), _BLOCK)

    @property
    def is_spent(self) -> bool:
        """Was all read that may be?"""
        return self._left <= 0

    def read_into(self, buffer: memoryview) -> int:
        """Some bytes; 0 at the end, also when there was too much."""
        self._sock.settimeout(_left(self._until))
        count = 0 if self.is_spent else self._sock.recv_into(buffer[: self._left])
        self._left -= count
        return count

    def close(self) -> None:
        """Nothing: who opened the connection ends it, and the answer's body is still to be read."""


class _Reading(io.RawIOBase):
    def __init__(self, sock: _Bounded) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._sock.read_into(memoryview(buffer).cast("B"))
