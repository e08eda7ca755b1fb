"""One connection to a folder on an IMAP server: search, read, mark; every wait has an end, every error a sentence."""

import imaplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import DELETED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from rtpy.mailboxes.settings import After, Encryption, Method, Settings
from rtpy.mailboxes.trouble import LoginRefused, Trouble

CONNECT, ANSWER = 15.0, 60.0
"""Seconds for the connection, and for each answer."""
TOGETHER = 50_000
"""Mails of a folder that are searched at once."""
LONGEST = 1800.0
"""Seconds after which a connection is cut whatever it is doing: a server that drips would hold it for ever."""

# Its debug lines hold addresses and folders of customers, and are of no use to whoever runs a site.
logging.getLogger("imapclient").setLevel(logging.WARNING)


class _Connection(imaplib.IMAP4):
    """Like imapclient's own, but a second handle on the socket is kept from the first moment: by it one can hang up
    in the middle of a greeting or a handshake."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None, line: "_Line") -> None:
        self._settings, self._context, self._line = settings, context, line
        super().__init__(settings.host, settings.port, timeout=CONNECT)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = socket.create_connection((self._settings.host, self._settings.port), timeout)
        try:
            self._line.hold(sock)
            return self._context.wrap_socket(sock, server_hostname=self.host) if self._context else sock
        except BaseException:
            sock.close()
            raise


class _Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    def __init__(self, settings: Settings, context: ssl.SSLContext, line: "_Line") -> None:
        is_encrypted = settings.encryption is Encryption.TLS
        self._made_of = (settings, context if is_encrypted else None, line)
        super().__init__(
            settings.host,
            settings.port,
            ssl=is_encrypted,
            ssl_context=context,
            timeout=SocketTimeout(CONNECT, ANSWER),
        )

    def _create_IMAP4(self) -> _Connection:
        return _Connection(*self._made_of)


class _Line:
    """The line to a server, which hangs up after `longest` seconds whatever is going on."""

    def __init__(self, longest: float) -> None:
        self.is_cut = False
        self._sock: socket.socket | None = None
        self._watch = threading.Timer(longest, self._cut)
        self._watch.daemon = True
        self._watch.start()

    def hold(self, sock: socket.socket) -> None:
        """This is the connection."""
        self._sock = sock.dup()
        if self.is_cut:
            self._cut()

    def let_go(self) -> None:
        """It is over."""
        self._watch.cancel()
        if self._sock is not None:
            self._sock.close()

    def _cut(self) -> None:
        self.is_cut = True
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)


class Folder:
    """An open folder. Mails go by UID; `validity` says how long these mean the same mails."""

    def __init__(self, client: Any, settings: Settings) -> None:
        self._client = client  # imapclient has no types
        self._settings = settings
        found = client.select_folder(settings.folder, readonly=False)
        self.validity = int(found.get(b"UIDVALIDITY", 0))
        self.exists = int(found.get(b"EXISTS", 0))
        self.next_uid = int(found.get(b"UIDNEXT", 0))
        self.is_read_only = bool(found.get(b"READ-ONLY", False))

    def waiting(self, last: int | None) -> list[int]:
        """UIDs of the mails to be taken, oldest first; `last`: up to which all were looked at, None at first.

        Where taken mails are only marked as read, those count that are not, and all that are newer than `last`: what
        a person reads in the folder before us is not lost. Otherwise everything in the folder counts.
        """
        if self._settings.after is not After.SEEN:
            return sorted(self._search("UNDELETED"))
        found = set(self._search("UNSEEN", "UNDELETED"))
        if last is not None:
            newer = self._search("UID", f"{last + 1}:*", "UNDELETED")
            found.update(uid for uid in newer if uid > last)  # `*` names the last mail even if it is older
        return sorted(found)

    def _search(self, *wanted: str) -> list[int]:
        """Asked in pieces: all numbers of a very large folder make a line that nobody reads."""
        found: list[int] = []
        for first in range(1, max(self.exists, 1) + 1, TOGETHER):
            piece = [f"{first}:{first + TOGETHER - 1}"] if self.exists > TOGETHER else []
            found += self._client.search([*piece, *wanted])
        return found

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """Bytes of each, as the server says; who vanished meanwhile is missing."""
        found = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(row[b"RFC822.SIZE"]) for uid, row in found.items() if b"RFC822.SIZE" in row}

    def read(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """The exact bytes of each, without marking it as read."""
        found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: row[b"BODY[]"] for uid, row in found.items() if row.get(b"BODY[]") is not None}

    def beginning(self, uid: int, most: int) -> bytes:
        """The first bytes of one mail."""
        found = self._client.fetch([uid], [f"BODY.PEEK[]<0.{most}>"])
        return bytes(found.get(uid, {}).get(b"BODY[]<0>") or b"")

    def finish(self, uids: Sequence[int]) -> None:
        """Do with taken mails what the mailbox says: mark as read, move or delete. Only these, nobody else's."""
        if not uids:
            return
        client, after = self._client, self._settings.after
        if after is After.SEEN:
            client.add_flags(uids, [SEEN], silent=True)
            return
        if after is After.MOVE:
            target = self._settings.move_to
            if client.has_capability("MOVE"):
                client.move(uids, target)
                return
            client.copy(uids, target)
        client.add_flags(uids, [SEEN, DELETED], silent=True)
        # A plain EXPUNGE would also destroy what a person has marked: without UIDPLUS the mark must do.
        with suppress(CapabilityError):
            client.uid_expunge(uids)

    def make_target(self) -> None:
        """Make the folder that taken mails go to, when there is none."""
        target = self._settings.move_to
        if self._settings.after is After.MOVE and not self._client.folder_exists(target):
            self._client.create_folder(target)


@contextmanager
def open_folder(
    settings: Settings,
    access_token: str = "",
    *,
    longest: float = LONGEST,
    note: Callable[[str, int, bytes | None], None] | None = None,
) -> Iterator[Folder]:
    """Connect, log in and open the folder; whatever goes wrong, inside the block too, is Trouble with a sentence.

    `note` is told host, port and certificate (DER) of a server whose TLS is good.
    """
    client: Any = None
    line = _Line(longest)
    try:
        client = _connect(settings, line)
        if note and isinstance(client.socket(), ssl.SSLSocket):
            note(settings.host, settings.port, client.socket().getpeercert(binary_form=True))
        _log_in(client, settings, access_token)
        try:
            folder = Folder(client, settings)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise Trouble(f"The folder “{settings.folder}” cannot be opened: {_said(error)}.") from None
        yield folder
        with suppress(imaplib.IMAP4.error, OSError):
            client.logout()
    except Trouble:
        raise
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or str(error)
        raise Trouble(f"The certificate of {settings.host} is not valid: {why}.") from None
    except ssl.SSLError as error:
        what = error.reason or str(error)
        hint = "With STARTTLS the port is usually 143, with TLS from the first byte 993"
        raise Trouble(f"No encrypted connection to {settings.host}: {what}. {hint}.") from None
    except TimeoutError:
        raise Trouble(f"{settings.host} did not answer in time.") from None
    except imaplib.IMAP4.error as error:
        if line.is_cut:
            raise Trouble(f"{settings.host} took too long.") from None
        raise Trouble(f"{settings.host} says: {_said(error)}.") from None
    except (OSError, EOFError) as error:
        why = "it took too long" if line.is_cut else _of_system(error)
        raise Trouble(f"The connection to {settings.host}:{settings.port} failed: {why}.") from None
    finally:
        if client is not None:
            _hang_up(client)
        line.let_go()


def _connect(settings: Settings, line: _Line) -> Any:
    context = ssl.create_default_context(cadata=settings.authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    client = _Client(settings, context, line)
    if settings.encryption is Encryption.STARTTLS:
        try:
            client.starttls(context)
        except BaseException as error:
            _hang_up(client)
            if isinstance(error, CapabilityError):
                raise Trouble(f"{settings.host} offers no STARTTLS on port {settings.port}.") from None
            raise
    return client


def _log_in(client: Any, settings: Settings, access_token: str) -> None:
    try:
        if settings.method is Method.XOAUTH2:
            client.oauth2_login(settings.login, access_token)
        elif settings.login.isascii() and settings.secret.isascii():
            client.login(settings.login, settings.secret)
        else:  # the command LOGIN knows no other letters
            client.plain_login(settings.login, settings.secret)
    except LoginError as error:
        said = _said(error)
        # RFC 5530: these say that the server cannot tell just now, not that the login is wrong.
        if re.match(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", said, re.I):
            raise Trouble(f"{settings.host} cannot check the login now: {said}.") from None
        raise LoginRefused(f"{settings.host} refuses the login of {settings.login}: {said}.") from None


def _hang_up(client: Any) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()


def _said(error: BaseException) -> str:
    """The words of a server, on one line and of bearable length."""
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    text = re.sub(r"^b(['\"])(.*)\1$", r"\2", text)
    return " ".join(text.replace("\x00", "").split())[:300].rstrip(".") or "no reason"


def _of_system(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return "the name is not known"
    return str(getattr(error, "strerror", None) or error or type(error).__name__).rstrip(".")
