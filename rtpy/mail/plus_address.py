"""Addresses with a keyed hash: `support+t7.…@` leads to ticket 7, `support+b9.…@` to mail 9 that came back.

Who can write to such an address has received a mail with it; without a good hash what stands after a plus says
nothing. 80 bits of HMAC-SHA256 with the site's secret.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rtpy.app import App
from rtpy.mail.message import IncomingMail

TICKET, MAIL = "t", "b"
LOOKED_AT = 200
"""Addresses of one mail that are looked at."""
LONGEST_LOCAL = 64
"""Characters before the @ (RFC 5321)."""


@dataclass(frozen=True, slots=True)
class PlusAddressed:
    """What a mail is addressed to by good hashes: numbers of tickets, and of mails of ours."""

    tickets: tuple[int, ...] = ()
    mails: tuple[int, ...] = ()


def ticket_address(app: App, address: str, ticket_id: int) -> str:
    """Where answers about a ticket go; the plain address where `mail.plus_addresses` is off or it has no room."""
    return _with_token(app, address, TICKET, ticket_id)


def bounce_address(app: App, address: str, mail_id: int) -> str:
    """The envelope sender of one mail of ours; the plain address, or none, as for `ticket_address`."""
    return _with_token(app, address, MAIL, mail_id)


def read_plus_addresses(app: App, mail: IncomingMail, transport: Mapping[str, str]) -> PlusAddressed:
    """All that stands after a plus with a good hash in To, Cc, what the mail server added, or the extension."""
    found: dict[str, list[int]] = {TICKET: [], MAIL: []}
    for words in _candidates(mail, transport):
        match = _TOKEN.fullmatch(words)
        if match and hmac.compare_digest(match[3], _hash(app, match[1], int(match[2]))):
            found[match[1]].append(int(match[2]))
    return PlusAddressed(tuple(dict.fromkeys(found[TICKET])), tuple(dict.fromkeys(found[MAIL])))


def _with_token(app: App, address: str, kind: str, number: int) -> str:
    local, at, domain = address.rpartition("@")
    if not (app.config.mail.plus_addresses and local and at) or "+" in local or '"' in local:
        return address
    extended = f"{local}+{kind}{number}.{_hash(app, kind, number)}"
    return f"{extended}@{domain}" if len(extended) <= LONGEST_LOCAL else address


def _candidates(mail: IncomingMail, transport: Mapping[str, str]) -> Iterator[str]:
    """What stands after the last plus of each address, in lower case."""
    addresses = [one.address for one in (*mail.to, *mail.cc)[:LOOKED_AT]]
    headers = mail.message.headers
    addresses += [match[1] for match, _ in zip(_DELIVERED.finditer(headers), range(20), strict=False)]
    addresses.append(transport.get("recipient", ""))
    for address in addresses:
        local, plus, extension = address.rpartition("@")[0].rpartition("+")
        if local and plus:
            yield extension.lower()
    yield transport.get("extension", "").lower()


def _hash(app: App, kind: str, number: int) -> str:
    key = app.caches.get("plus_address_key")
    if key is None:
        key = app.caches["plus_address_key"] = f"plus-address:{app.config.secret_key()}".encode()
    digest = hmac.new(key, f"{kind}{number}".encode(), hashlib.sha256).digest()[:10]
    return base64.b32encode(digest).decode("ascii").lower()


_TOKEN = re.compile(r"([tb])([1-9][0-9]{0,17})\.([a-z2-7]{16})", re.A)
_DELIVERED = re.compile(
    r"^(?:delivered-to|x-original-to|envelope-to|x-envelope-to)[ \t]*:[ \t]*<?([^\s<>]{1,320})", re.I | re.M
)
