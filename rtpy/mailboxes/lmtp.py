"""LMTP (RFC 2033): a mail server of this machine hands in mail, and is told for each recipient what became of it.

`250` only after the mail is committed; `451` when it cannot be stored now, so that the mail server keeps it; `550`
for an address that is none of ours. There is no login: listen where nobody but the mail server can connect.
"""

import asyncio
import errno
import logging
import os
import socket
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from sqlalchemy.exc import SQLAlchemyError

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.mail.intake import Answer, AnswerKind, refuse_oversized, take_in
from rtpy.mailboxes.recipients import Place, place_of

log = logging.getLogger("rtpy.lmtp")

MOST_CONNECTIONS, AT_ONCE, MOST_RECIPIENTS = 50, 4, 100
SILENCE, LONGEST_MAIL = 300.0, 900.0
"""Seconds without a word after which a connection is closed, and that one mail may take."""
CHUNK = 64 * 1024

TEMPORARY = "451 4.3.0 Not now: the database cannot be reached"


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it came over the line; of one that is too large only the beginning."""

    raw: bytes
    size: int


class Intake:
    """What the protocol asks: whether a recipient is ours, and to take in a mail for some. Both wait, in threads."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="lmtp")

    async def check(self, address: str) -> str:
        """The answer to a recipient: empty when mail for it is taken."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._check, address)

    async def take(self, received: Received, sender: str, recipients: list[str], peer: str) -> list[str]:
        """One answer for each recipient, in their order."""
        deed = partial(self._take, received, sender, recipients, peer)
        return await asyncio.get_running_loop().run_in_executor(self.threads, deed)

    def _check(self, address: str) -> str:
        try:
            return "" if self._place(address) else "550 5.1.1 This address is not known here"
        except SQLAlchemyError:
            log.exception("recipients cannot be looked up")
            return TEMPORARY

    def _place(self, address: str) -> Place | None:
        with self.app.work(reading=True) as work:
            return place_of(self.app, work.db, address)

    def _take(self, received: Received, sender: str, recipients: list[str], peer: str) -> list[str]:
        try:
            places = [self._place(address) for address in recipients]
        except SQLAlchemyError:
            log.exception("recipients cannot be looked up")
            return [TEMPORARY] * len(recipients)
        answers: dict[tuple[str, str], str] = {}
        told = []
        for place in places:
            if place is None:  # the queue was given another address since
                told.append("550 5.1.1 This address is not known here")
                continue
            key = (place.queue, place.action)
            if key not in answers:
                # Two addresses of one queue are one mail; the one with an extension says more.
                same = [
                    (each, address)
                    for each, address in zip(places, recipients, strict=True)
                    if each is not None and (each.queue, each.action) == key
                ]
                best, address = max(same, key=lambda one: bool(one[0].extension))
                answers[key] = self._take_one(received, sender, best, address, peer)
            told.append(answers[key])
        return told

    def _take_one(self, received: Received, sender: str, place: Place, address: str, peer: str) -> str:
        if received.size > len(received.raw):
            answer = refuse_oversized(
                self.app, received.raw, received.size, queue=place.queue, action=place.action, peer=peer
            )
            return f"552 5.3.4 {_line(answer)}" if answer.kind is AnswerKind.NOT_OK else TEMPORARY
        facts = {"envelope_sender": sender, "recipient": address, "extension": place.extension}
        answer = take_in(
            self.app,
            received.raw,
            queue=place.queue,
            action=place.action,
            peer=peer,
            transport={name: text[:320] for name, text in facts.items() if text},
        )
        if answer.kind is AnswerKind.TEMPORARY:
            return f"451 4.3.0 {_line(answer)}"
        if answer.kind is AnswerKind.NOT_OK:
            # It is kept with its reason. A bounce would go to whoever the sender claims to be.
            return "250 2.0.0 Kept, and refused by policy"
        return f"250 2.0.0 Taken in as {answer.mail_id}"


def _line(answer: Answer) -> str:
    return " ".join(answer.text.encode("ascii", "replace").decode().split())[:200]


class Protocol(LMTP):
    """One connection. Reads mails itself, since lines may be of any length and each recipient gets an answer."""

    line_length_limit = CHUNK

    def __init__(
        self, intake: Intake, open_ones: "set[Protocol]", *, loop: asyncio.AbstractEventLoop
    ) -> None:
        app = intake.app
        self._intake, self._open_ones = intake, open_ones
        super().__init__(
            self,
            data_size_limit=app.config.mail.max_size,
            enable_SMTPUTF8=True,
            hostname=app.config.organization,
            ident="rtpy LMTP",
            timeout=SILENCE,
            loop=loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Not more of them at once than a mail server needs."""
        if len(self._open_ones) >= MOST_CONNECTIONS:
            log.warning("too many connections at once: another one is turned away")
            transport.abort()  # type: ignore[attr-defined]
            return
        self._open_ones.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """It makes room."""
        if self in self._open_ones:
            self._open_ones.discard(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Who hangs up is let go at once: what is half said is worth nothing."""
        super().eof_received()
        return False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Is this one of ours?"""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        said = await self._intake.check(address)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def smtp_DATA(self, arg: str) -> None:
        """Read the mail, take it in, and give one answer for each recipient."""
        if await self.check_helo_needed():
            return
        envelope: Any = self.envelope
        if not envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            received = await asyncio.wait_for(self._read_mail(), LONGEST_MAIL)
        except (OSError, EOFError, TimeoutError):
            # It broke off or takes for ever: the mail server has no answer, so it keeps the mail.
            log.info("%s broke off in the middle of a mail", self._peer())
            self._writer.close()
            return
        sender = "" if envelope.mail_from == "<>" else str(envelope.mail_from)
        answers = await self._intake.take(received, sender, list(envelope.rcpt_tos), self._peer())
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        for answer in answers:
            await self.push(answer)

    async def _read_mail(self) -> Received:
        """Up to the lone dot; dots that were doubled at the beginning of lines are single again."""
        most = self._intake.app.config.mail.max_size
        kept = bytearray()
        size, begins = 0, True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as long:
                piece = await self._reader.readexactly(max(long.consumed, 1))
            if begins and piece == b".\r\n":
                return Received(bytes(kept), size)
            if begins and piece.startswith(b"."):
                piece = piece[1:]
            begins = piece.endswith(b"\r\n")
            size += len(piece)
            if size <= most:
                kept += piece

    def _peer(self) -> str:
        session: Any = self.session
        peer = session.peer
        where = peer[0] if isinstance(peer, tuple) and peer else "a socket of this machine"
        return f"lmtp from {where}"


class Listener:
    """Listens at `where` (`127.0.0.1:2424`, `[::1]:2424` or the path of a socket) in a thread of its own."""

    def __init__(self, app: App, where: str) -> None:
        self.where = where
        self._intake = Intake(app)
        self._open_ones: set[Protocol] = set()
        self._server: asyncio.AbstractServer | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop  # made when it starts

    def start(self) -> None:
        """Listen. Raises OSError when that is not possible, Refused when `where` is no place."""
        host, port = read_place(self.where)
        _make_room(self.where)
        self._loop = asyncio.new_event_loop()

        def protocol() -> Protocol:
            return Protocol(self._intake, self._open_ones, loop=self._loop)

        async def listen() -> asyncio.AbstractServer:
            if not host:
                server = await self._loop.create_unix_server(protocol, self.where)
                # The mail server is another user; who may come here is said by the rights of the folder.
                os.chmod(self.where, 0o666)
                return server
            return await self._loop.create_server(protocol, host, port)

        try:
            self._server = self._loop.run_until_complete(listen())
        except BaseException:
            self._loop.close()
            raise
        self._thread = threading.Thread(target=self._run, name="lmtp", daemon=True)
        self._thread.start()
        log.info("LMTP listens at %s", self.where)

    def stop(self) -> None:
        """Take no more. What is being taken in is still stored; its mail server hears nothing and tries again."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        self._intake.threads.shutdown(wait=True)
        if self.where.startswith("/"):
            with suppress(OSError):
                os.unlink(self.where)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        server: Any = self._server
        for listening in server.sockets:
            self._loop.remove_reader(listening)
        self._loop.run_until_complete(asyncio.sleep(0.05))  # whoever has just come is let in before it closes
        server.close()
        for one in list(self._open_ones):
            transport: Any = one.transport
            if transport is not None:
                transport.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))  # connections say that they are lost
        self._loop.close()


def read_place(where: str) -> tuple[str, int]:
    """Host and port; an empty host for the path of a socket. Raises Refused."""
    if where.startswith("/"):
        return "", 0
    host, _, port = where.rpartition(":")
    if not host.strip("[]") or not port.isascii() or not port.isdigit() or not 0 <= int(port[:6]) <= 65535:
        raise Refused(f"“{where}” is no place to listen: write 127.0.0.1:2424 or the path of a socket.")
    return host.strip("[]"), int(port)


def _make_room(where: str) -> None:
    """Take away a socket that a killed process left. Raises OSError when somebody answers at it."""
    path = Path(where)
    if not where.startswith("/") or not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(where)
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
