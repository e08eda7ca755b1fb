"""Judging a mail before it is filed: what is known about its sender, from our mail server or by our own check.

The domain name system is asked here, while no transaction is open.
"""

import logging

from rtpy.app import App
from rtpy.mail.message import IncomingMail
from rtpy.mail.trust.proof import Findings, Proof
from rtpy.mail.trust.resolver import DnsResolver, Hurried, Resolver
from rtpy.mail.trust.results import prove, read_results
from rtpy.mail.trust.signatures import check_signatures

log = logging.getLogger("rtpy.mail.trust")

SECONDS = 5.0
"""All questions of one mail together."""
RESOLVER = "mail_resolver"
"""Where an app keeps its resolver."""


def judge(app: App, mail: IncomingMail, raw: bytes) -> Findings:
    """The findings about a mail. Never raises; without `mail.authserv_id` and `mail.check_dkim` nothing is known."""
    options = app.config.mail
    try:
        if options.authserv_id:
            return read_results(mail, options.authserv_id)
        if options.check_dkim:
            return check_signatures(raw, Hurried(_resolver(app), SECONDS))
    except Exception:
        log.exception("the sender of a mail could not be checked")
    return Findings()


def proof_of(app: App, mail: IncomingMail, address: str, findings: Findings) -> Proof:
    """How far `address` is proved to have written the mail."""
    server = app.config.mail.authserv_id
    return prove(mail, address, server) if server else findings.proves(mail, address)


def _resolver(app: App) -> Resolver:
    resolver: Resolver | None = app.caches.get(RESOLVER)
    if resolver is None:
        resolver = app.caches[RESOLVER] = DnsResolver()
    return resolver
