"""How mail leaves: into a maildir, over SMTP, or through the program sendmail."""

import contextlib
import os
import smtplib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rtpy.app import App
from rtpy.config.config import Config
from rtpy.config.options import Mail
from rtpy.jobs.certificates import note_certificate
from rtpy.mail.header_lines import is_sendable
from rtpy.ports import Delivery, MailTransport

PATIENCE = 60.0
"""Seconds that a mail server may take for one answer."""
MAILS_PER_CONNECTION = 100

SENT, FAILED, LATER = "sent", "failed", "later"


NoteCertificate = Callable[[str, int, bytes | None], None]
"""Is told host, port and certificate (DER) of a server whose TLS is good."""


def make_transport(config: Config, note: NoteCertificate | None = None) -> MailTransport:
    """The transport that the configuration names; `note` hears of certificates."""
    if config.mail.transport == "smtp":
        return SmtpTransport(config.mail, config.organization, note)
    if config.mail.transport == "sendmail":
        return SendmailTransport(config.mail.sendmail_path)
    return MaildirTransport(config.mail_directory)


def transport_of(app: App) -> MailTransport:
    """The configured transport, made once for an app."""
    note = partial(note_certificate, app, "outgoing mail")
    made: MailTransport = app.caches.setdefault("mail_transport", make_transport(app.config, note))
    return made


class MaildirTransport:
    """Puts mails into a maildir and sends nothing: where a fresh installation's mail goes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def deliver(self, envelope_sender: str, recipients: Sequence[str], raw: bytes) -> tuple[Delivery, ...]:
        """One file, whole or not at all: written to tmp/, forced to disk, renamed into new/."""
        for name in ("tmp", "new", "cur"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        self._count += 1
        name = f"{time.time_ns()}.{os.getpid()}_{self._count}.{socket.gethostname().replace('/', '_')}"
        draft, final = self._folder / "tmp" / name, self._folder / "new" / name
        envelope = f"Return-Path: <{envelope_sender}>\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        with draft.open("wb") as file:
            file.write(envelope.encode("utf-8", "replace") + raw)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(final)
        _sync_folder(final.parent)
        return tuple(Delivery(address, SENT, f"kept in {final.parent.name}/{name}") for address in recipients)


class SendmailTransport:
    """Hands mails to sendmail or what calls itself so; without a shell, addresses after `--` (A51)."""

    def __init__(self, path: str) -> None:
        self._path = path

    def deliver(self, envelope_sender: str, recipients: Sequence[str], raw: bytes) -> tuple[Delivery, ...]:
        """All recipients share one outcome. Raises OSError when the program cannot be run."""
        bad = [address for address in recipients if not is_sendable(address)]
        good = [address for address in recipients if is_sendable(address)]
        refused = tuple(Delivery(address, FAILED, "not a mail address") for address in bad)
        if not good:
            return refused
        sender = envelope_sender or "<>"
        try:
            done = subprocess.run(
                [self._path, "-oi", "-f", sender, "--", *good],
                input=raw.replace(b"\r\n", b"\n"),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE * 2,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return refused + tuple(Delivery(address, LATER, "sendmail did not finish") for address in good)
        said = done.stdout.decode("utf-8", "replace").strip()[:500]
        # sysexits.h: what cannot get better by waiting.
        permanent = {64, 65, 67, 68, 76, 77}
        outcome = SENT if done.returncode == 0 else FAILED if done.returncode in permanent else LATER
        answer = said or f"sendmail ended with {done.returncode}"
        return refused + tuple(Delivery(address, outcome, answer) for address in good)


class SmtpTransport:
    """Talks SMTP over one connection for each thread, kept open between mails."""

    def __init__(self, mail: Mail, own_name: str, note: NoteCertificate | None = None) -> None:
        self._mail = mail
        self._note = note
        self._own_name = own_name
        self._local = threading.local()

    def deliver(self, envelope_sender: str, recipients: Sequence[str], raw: bytes) -> tuple[Delivery, ...]:
        """One outcome for each recipient. Raises OSError when the server cannot be reached or lets nobody in."""
        server = self._connection()
        try:
            return self._send(server, envelope_sender, recipients, raw)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # Also after DATA: whether the server has the mail is not known, so it goes again with the same id.
            self._drop()
            return tuple(Delivery(address, LATER, f"the connection broke: {error}") for address in recipients)

    def greet(self) -> None:
        """Connect and log in, without a mail. Raises OSError as `deliver` does."""
        self._connection()
        self.close()

    def close(self) -> None:
        """Say goodbye; for tests and the end of a worker."""
        server = getattr(self._local, "server", None)
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        self._drop()

    def _send(
        self, server: smtplib.SMTP, envelope_sender: str, recipients: Sequence[str], raw: bytes
    ) -> tuple[Delivery, ...]:
        options = (
            ["SMTPUTF8"]
            if server.has_extn("smtputf8") and not _all_ascii(envelope_sender, *recipients)
            else []
        )
        if server.has_extn("size"):
            options.append(f"SIZE={len(raw)}")
        code, words = server.mail(envelope_sender, options)
        if code >= 400:
            return self._all(server, recipients, code, words)
        outcomes: dict[str, Delivery] = {}
        taken: list[str] = []
        for address in recipients:
            try:
                code, words = server.rcpt(address)
            except UnicodeEncodeError:
                outcomes[address] = Delivery(address, FAILED, "the mail server takes only ASCII addresses")
                continue
            if code < 400:
                taken.append(address)
            else:
                outcomes[address] = _judged(address, code, words)
            if code == 421:
                self._drop()
                rest = [one for one in recipients if one not in outcomes]
                outcomes.update({one: _judged(one, code, words) for one in rest})
                return tuple(outcomes[one] for one in recipients)
        if taken:
            try:
                code, words = server.data(raw)
            except smtplib.SMTPDataError as error:  # an answer other than 354: nothing was sent
                code, words = error.smtp_code, _bytes(error.smtp_error)
            outcomes.update({address: _judged(address, code, words) for address in taken})
        if not taken or code >= 400:
            self._reset(server)
        self._local.count = getattr(self._local, "count", 0) + 1
        if self._local.count >= MAILS_PER_CONNECTION:
            self.close()
        return tuple(outcomes[address] for address in recipients)

    def _all(
        self, server: smtplib.SMTP, recipients: Sequence[str], code: int, words: bytes
    ) -> tuple[Delivery, ...]:
        self._drop() if code == 421 else self._reset(server)
        return tuple(_judged(address, code, words) for address in recipients)

    def _connection(self) -> smtplib.SMTP:
        server: smtplib.SMTP | None = getattr(self._local, "server", None)
        if server is not None:
            try:
                if server.noop()[0] == 250:
                    return server
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        try:
            server = self._connect()
        except smtplib.SMTPException as error:
            # Refused greeting, TLS or login: no mail of ours is at fault, so none may fail for it.
            raise ConnectionError(f"the mail server does not let us in: {error}") from error
        self._local.server, self._local.count = server, 0
        return server

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if mail.smtp_tls == "tls":
            server = smtplib.SMTP_SSL(
                mail.smtp_host,
                mail.smtp_port,
                local_hostname=self._own_name,
                timeout=PATIENCE,
                context=context,
            )
        else:
            server = smtplib.SMTP(
                mail.smtp_host, mail.smtp_port, local_hostname=self._own_name, timeout=PATIENCE
            )
        try:
            server.ehlo_or_helo_if_needed()
            if mail.smtp_tls == "starttls":
                server.starttls(context=context)
                server.ehlo()
            if mail.smtp_user:
                server.login(mail.smtp_user, mail.smtp_password)
            if self._note and isinstance(server.sock, ssl.SSLSocket):
                self._note(mail.smtp_host, mail.smtp_port, server.sock.getpeercert(binary_form=True))
        except BaseException:
            server.close()
            raise
        return server

    def _reset(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        server = getattr(self._local, "server", None)
        self._local.server = None
        if server is not None:
            with contextlib.suppress(OSError):
                server.close()


def _judged(address: str, code: int, words: bytes) -> Delivery:
    answer = f"{code} {words.decode('utf-8', 'replace')}"[:500]
    return Delivery(address, SENT if code < 400 else LATER if code < 500 else FAILED, answer)


def _all_ascii(*texts: str) -> bool:
    return all(text.isascii() for text in texts)


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
