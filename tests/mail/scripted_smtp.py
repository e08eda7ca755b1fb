"""A real SMTP server on the loopback that behaves as a test tells it, for each recipient."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Script:
    """What the server does: answers by recipient, and whether it hangs up before or after it has taken a mail."""

    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    drop_at: str = ""
    """`data`: before it has read the mail; `answer`: it has the mail and hangs up without a word."""
    mails: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 ok")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drop_at == "data":
            server.transport.close()
            return "421 gone"
        raw = bytes(envelope.content or b"")
        mail = message_from_bytes(raw, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        if self.data_answer.startswith("2"):
            self.mails.append((envelope.mail_from or "", list(envelope.rcpt_tos), mail))
            self.raws.append(raw)
        if self.drop_at == "answer":
            server.transport.close()
            await asyncio.sleep(0)
        return self.data_answer


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.example", enable_SMTPUTF8=True)


@contextmanager
def scripted_smtp(port: int = 0) -> Iterator[tuple[Script, int]]:
    """A running server and its port: a free one, or that `port`."""
    script = Script()
    controller = _Controller(script, hostname="127.0.0.1", port=0)
    controller.port = port or _free_port()
    controller.start()
    try:
        yield script, controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
