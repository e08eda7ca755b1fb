"""Secrets and signatures of webhooks, as standardwebhooks.com describes them.

A secret is made of a nonce in the database and the site's own secret in its home: neither a copy of the database nor
one of the file is enough to sign anything.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from rtpy.app import App
from rtpy.identity.login import sign
from rtpy.models import Webhook

PREFIX = "whsec_"
BOTH_SIGN = timedelta(hours=24)
"""After a new secret was made the one before signs as well for so long, so that a receiver can change over."""


def new_nonce() -> str:
    """What a new secret is made of."""
    return secrets.token_hex(24)


def secret_of(app: App, nonce: str) -> str:
    """The secret as it is shown once, to be given to the receiver."""
    return PREFIX + base64.b64encode(_key(app, nonce)).decode("ascii")


def mark_of(app: App, nonce: str) -> str:
    """Sixteen digits to know a secret by, of which it cannot be found out."""
    return sha256(secret_of(app, nonce).encode("ascii")).hexdigest()[:16]


def signatures(app: App, webhook: Webhook, event_id: str, moment: datetime, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret that is good now."""
    nonces = [webhook.nonce]
    if webhook.old_nonce and webhook.old_until is not None and moment < webhook.old_until:
        nonces.append(webhook.old_nonce)
    said = f"{event_id}.{int(moment.timestamp())}.".encode("ascii") + body
    return " ".join(f"v1,{_signature(_key(app, nonce), said)}" for nonce in nonces)


def _signature(key: bytes, said: bytes) -> str:
    return base64.b64encode(hmac.new(key, said, "sha256").digest()).decode("ascii")


def _key(app: App, nonce: str) -> bytes:
    return bytes.fromhex(sign(app, f"webhook {nonce}"))
