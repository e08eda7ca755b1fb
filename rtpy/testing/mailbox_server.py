"""A Dovecot for one test run: IMAP with and without TLS under an authority of its own; nothing is installed.

Works for root (mails then belong to an unprivileged user) and for anybody else.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rtpy.testing.servers import free_port, missing_servers

PASSWORD = "mailbox-secret"
_PATIENCE = 30.0
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class MailboxServer:
    """A running Dovecot: its ports on localhost, and the certificate of the authority that it is signed by.

    Every login name has a mailbox, with PASSWORD. `authority` is PEM.
    """

    folder: Path
    port: int
    tls_port: int
    authority: str

    def put(self, login: str, *mails: bytes, folder: str = "INBOX", seen: bool = False) -> None:
        """Lay mails into a folder of somebody, as a mail server would: oldest first."""
        box = self.box(login, folder)
        for raw in mails:
            name = f"{time.time_ns()}.{os.getpid()}_{next(_numbers):06}.test"
            place = box / "cur" / f"{name}:2,S" if seen else box / "new" / name
            draft = box / "tmp" / name
            draft.write_bytes(raw)
            self._hand_over(draft)
            draft.rename(place)

    def count(self, login: str, folder: str = "INBOX") -> int:
        """How many mails lie in a folder."""
        box = self.box(login, folder)
        return sum(1 for part in ("new", "cur") for _ in (box / part).iterdir())

    def unseen(self, login: str, folder: str = "INBOX") -> int:
        """How many of them nobody has read."""
        box = self.box(login, folder)
        read = sum(1 for one in (box / "cur").iterdir() if "S" in one.name.rpartition(",")[2])
        return self.count(login, folder) - read

    def box(self, login: str, folder: str = "INBOX") -> Path:
        """The maildir of a folder, made when there is none."""
        top = self.folder / "mail" / login
        box = top if folder == "INBOX" else top / f".{folder}"
        for part in (top, box, *(box / name for name in ("tmp", "new", "cur"))):
            if not part.is_dir():
                part.mkdir(parents=True)
                self._hand_over(part)
        return box

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(path, user.pw_uid, user.pw_gid)


@contextmanager
def throwaway_dovecot(*, token_info: str = "") -> Iterator[MailboxServer]:
    """A mailbox server of its own on free ports of localhost; it ends and vanishes with the block.

    `token_info`: an address to which a token is appended, to ask whose it is; then XOAUTH2 is offered. Raises
    FileNotFoundError when Dovecot is not installed.
    """
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise FileNotFoundError(missing_servers().get("dovecot-imapd", "dovecot is not installed."))
    folder = Path(tempfile.mkdtemp(prefix="rtpy-imap-"))  # a short path: its sockets must fit
    folder.chmod(0o755)
    server = MailboxServer(folder, free_port(), free_port(), _certificates(folder))
    (folder / "mail").mkdir(mode=0o755)
    server._hand_over(folder / "mail")
    settings = folder / "dovecot.conf"
    settings.write_text(_settings(server, token_info))
    log = folder / "server.log"
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program, "-F", "-c", settings], stdout=output, stderr=output, cwd=folder
            )
        try:
            _wait(process, server.port, (log, folder / "dovecot.log"))
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", port: int, logs: Sequence[Path]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            told = "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())
            raise RuntimeError(f"dovecot did not come up:\n{told}")
        time.sleep(0.05)


def _settings(server: MailboxServer, token_info: str) -> str:
    folder = server.folder
    mine = pwd.getpwuid(os.geteuid())
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else mine
    own_group = "" if os.geteuid() == 0 else f"default_internal_group = {mine.pw_gid}\n"
    inner = (
        ""
        if os.geteuid() == 0
        else f"default_internal_user = {mine.pw_name}\ndefault_login_user = {mine.pw_name}\n"
    )
    oauth = ""
    if token_info:
        asked = folder / "oauth.conf"
        asked.write_text(
            f"tokeninfo_url = {token_info}\nusername_attribute = email\nactive_attribute = active\n"
            "active_value = yes\ntimeout_msecs = 5000\n"
        )
        oauth = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {asked}\n}}\n"
    return f"""\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
{inner}{own_group}first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login{" xoauth2 oauthbearer" if token_info else ""}
auth_verbose = yes
auth_username_chars =
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 50
mail_fsync = never
{oauth}passdb {{
 driver = static
 mechanisms = plain login
 args = password={PASSWORD}
}}
userdb {{
 driver = static
 args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
 chroot =
 inet_listener imap {{
  port = {server.port}
 }}
 inet_listener imaps {{
  port = {server.tls_port}
  ssl = yes
 }}
}}
service anvil {{
 chroot =
 unix_listener anvil-auth-penalty {{
  mode = 0
 }}
}}
service stats {{
 chroot =
}}
service director {{
 chroot =
}}
"""


def _certificates(folder: Path) -> str:
    """An authority, and a certificate for localhost signed by it; the authority's as PEM."""
    now = datetime.now(UTC)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])

    def certificate(name: x509.Name, public: Any, *more: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
        )
        for extension, critical in more:
            made = made.add_extension(extension, critical)
        return made.sign(authority_key, hashes.SHA256())

    authority = certificate(
        issuer, authority_key.public_key(), (x509.BasicConstraints(ca=True, path_length=None), True)
    )
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    server = certificate(subject, key.public_key(), (names, False))
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "server.key").chmod(0o600)
    return authority.public_bytes(pem).decode()
