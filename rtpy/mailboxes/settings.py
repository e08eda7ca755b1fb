"""What is needed to get into a mailbox, as a value with its secrets open; never stored and never logged."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from rtpy.config import Config
from rtpy.models import Mailbox
from rtpy.sealing import unseal

PASSWORD = "mailbox password"
CLIENT_SECRET = "mailbox client secret"
REFRESH_TOKEN = "mailbox refresh token"
"""What the secrets are sealed for."""


class Encryption(StrEnum):
    """How a connection is kept from others."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Method(StrEnum):
    """How one logs in."""

    PASSWORD = "password"
    XOAUTH2 = "xoauth2"


class After(StrEnum):
    """What becomes of a mail that was taken."""

    SEEN = "seen"
    MOVE = "move"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Where tokens come from; without `refresh_token` the client asks for itself (client credentials)."""

    url: str
    client_id: str
    scope: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """One mailbox. `secret` is the password; with XOAUTH2 the access token comes from `token`."""

    mailbox_id: int
    name: str
    host: str
    port: int
    encryption: Encryption
    authority: str
    login: str
    method: Method
    secret: str = field(repr=False)
    token: TokenSettings | None
    folder: str
    after: After
    move_to: str

    @property
    def place(self) -> str:
        """Which server, login and folder, in 16 digits: mails' numbers are true only there."""
        named = "\n".join((self.host.lower(), str(self.port), self.login, self.folder))
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    @property
    def address(self) -> str:
        """For logs and for the spool: `imap://login@host/folder`."""
        return f"imap://{self.login}@{self.host}/{self.folder}"


def settings_of(config: Config, row: Mailbox) -> Settings:
    """Open the secrets of a row. Raises Refused when they were sealed by another site."""
    method = Method(row.method)
    token = None
    if method is Method.XOAUTH2:
        token = TokenSettings(
            row.token_url,
            row.client_id,
            row.scope,
            unseal(config, CLIENT_SECRET, row.sealed_client_secret),
            unseal(config, REFRESH_TOKEN, row.sealed_refresh_token),
        )
    return Settings(
        mailbox_id=row.id,
        name=row.name,
        host=row.host,
        port=row.port,
        encryption=Encryption(row.tls),
        authority=row.authority,
        login=row.login,
        method=method,
        secret=unseal(config, PASSWORD, row.sealed_password) if method is Method.PASSWORD else "",
        token=token,
        folder=row.folder,
        after=After(row.after),
        move_to=row.move_to,
    )
