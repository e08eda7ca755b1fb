"""A real receiver of webhooks on the loopback that answers as a test tells it."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = bytes | Callable[[socket.socket], None]
Wrap = Callable[[socket.socket], socket.socket]


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came in; `replies` are used up one by one, then `usual` is given."""

    port: int
    usual: Reply
    replies: list[Reply] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=1"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


def answer(status: int = 200, body: bytes = b"ok", *lines: str) -> bytes:
    head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join([*head, "", ""]).encode() + body


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(sock: socket.socket) -> None:
    sock.settimeout(5)
    with contextlib.suppress(OSError):
        sock.recv(1)


def dripping(head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Reply:
    """The head at once, then a byte each 20 ms for 5 seconds."""

    def reply(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.sendall(head)
            for _ in range(250):
                sock.sendall(b"x")
                time.sleep(0.02)

    return reply


def huge(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(500):
            sock.sendall(b"x" * 100_000)


@contextmanager
def receiving(
    usual: Reply | None = None, *, wrap: Callable[[socket.socket], socket.socket] | None = None
) -> Iterator[Receiver]:
    """A running receiver; `wrap` makes the connection an encrypted one."""
    listening = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(listening.getsockname()[1], answer() if usual is None else usual)
    threads: list[threading.Thread] = []

    def serve(sock: socket.socket) -> None:
        with contextlib.suppress(OSError), wrap(sock) if wrap else sock as sock:
            got = _read(sock)
            if got is None:
                return
            receiver.got.append(got)
            reply = receiver.replies.pop(0) if receiver.replies else receiver.usual
            if callable(reply):
                reply(sock)
            else:
                sock.sendall(reply)

    def listen() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            receiver.connections += 1
            thread = threading.Thread(target=serve, args=(sock,), daemon=True)
            thread.start()
            threads.append(thread)

    main = threading.Thread(target=listen, daemon=True)
    main.start()
    try:
        yield receiver
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        main.join(5)
        for thread in threads:
            thread.join(6)


def _read(sock: socket.socket) -> Got | None:
    sock.settimeout(5)
    read = b""
    while b"\r\n\r\n" not in read:
        some = sock.recv(65536)
        if not some:
            return None
        read += some
    head, _, body = read.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        some = sock.recv(65536)
        if not some:
            return None
        body += some
    method, path, _version = first.split(" ")
    return Got(method, path, headers, body)
