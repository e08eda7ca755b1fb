"""When the certificates of servers end: noted when we connect to them anyway, so that no page has to ask."""

import logging
import socket
import ssl
import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy.dialects import postgresql, sqlite

from rtpy.app import App
from rtpy.models import ServerCertificate

log = logging.getLogger("rtpy.worker")

PATIENCE = 5.0
REST = 30.0
"""Seconds for which nothing is written down after that has failed."""
OURS = "our own address"


@dataclass(slots=True)
class _Noted:
    """What this process has met, by place: purpose and end; `fresh` are those that nobody has written down.

    Its threads share it. After a failure nothing is tried before `rests_until`, in seconds of `time.monotonic`.
    """

    known: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    rests_until: float = 0.0


def note_certificate(app: App, purpose: str, host: str, port: int, certificate: bytes | None) -> None:
    """Remember when the certificate (DER) of a server ends, until `keep_certificates`; that stops nobody.

    `purpose`: what we talk to it for, such as "outgoing mail".
    """
    if not certificate:
        return
    noted, place = _noted(app), f"{host}:{port}"[:255]
    try:
        found = (purpose[:40], x509.load_der_x509_certificate(certificate).not_valid_after_utc)
    except ValueError:
        log.warning("the certificate of %s cannot be read", place)
        return
    if noted.known.get(place) != found:
        noted.known[place] = found
        noted.fresh.add(place)


def keep_certificates(app: App) -> None:
    """Write down what was noted, in a transaction of its own; nothing as a rule. What fails waits and is logged."""
    noted = _noted(app)
    while noted.fresh and time.monotonic() >= noted.rests_until:
        try:
            place = noted.fresh.pop()
        except KeyError:  # another thread took the last one
            return
        try:
            _keep(app, place, *noted.known[place])
        except Exception as error:
            noted.fresh.add(place)
            noted.rests_until = time.monotonic() + REST
            log.warning("the certificate of %s could not be noted: %s", place, type(error).__name__)
            return


def look_at_own(app: App) -> int:
    """Note the certificate of the address that people type, when that is https and answers; always 0."""
    base = urlsplit(app.config.base_url)
    if base.scheme != "https" or not base.hostname:
        return 0
    port = base.port or 443
    # It is looked at, not trusted: one that has ended or is our own authority's is what we want to know of, too.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((base.hostname, port), timeout=PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=base.hostname) as encrypted,
        ):
            found = encrypted.getpeercert(binary_form=True)
    except OSError as error:
        log.info("%s does not answer here, so its certificate is not looked at: %s", base.netloc, error)
        return 0
    note_certificate(app, OURS, base.hostname, port, found)
    return 0


def _noted(app: App) -> _Noted:
    found: _Noted = app.caches.setdefault("certificates", _Noted())
    return found


def _keep(app: App, place: str, purpose: str, ends: datetime) -> None:
    values = {"purpose": purpose, "ends": ends, "seen": app.clock.now()}
    with app.sessions() as db:
        on_postgresql = db.get_bind().dialect.name == "postgresql"
        insert = (postgresql if on_postgresql else sqlite).insert(ServerCertificate)
        db.execute(
            insert.values(place=place, **values).on_conflict_do_update(index_elements=["place"], set_=values)
        )
        db.commit()
