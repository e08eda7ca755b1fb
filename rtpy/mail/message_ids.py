"""Message ids of the mails that we send: stable, and with a signature that tells ours from imitations.

`<rt-VERSION-TICKET-TRANSACTION-SCRIP-SIGNATURE@ORGANIZATION>`: an answer whose In-Reply-To bears a good signature
comes from somebody who has received that mail.
"""

import hashlib
import hmac
import re

from rtpy.app import App
from rtpy.config.config import Config

_VERSION = "1"
_OURS = re.compile(
    r"<?(rt-[a-z0-9]{1,8}-(\d{1,18})-(\d{1,18})-(\d{1,18}))-([0-9a-f]{20})@([^\s<>@]+)>?", re.ASCII
)


def own_message_id(app: App, ticket_id: int, transaction_id: int, scrip_id: int) -> str:
    """The Message-ID, without angle brackets, of what a scrip sends about a transaction; always the same one."""
    told = f"rt-{_VERSION}-{ticket_id}-{transaction_id}-{scrip_id}"
    return f"{told}-{_signature(app, told)}@{app.config.organization}"


def ticket_of_message_id(app: App, message_id: str) -> int | None:
    """The ticket of a mail that we sent; None for all other ids and for imitations of ours. Brackets may be there.

    The ticket may have been merged into another one since.
    """
    found = _OURS.fullmatch(message_id.strip())
    if found is None:
        return None
    told, ticket_id, _, _, signature, domain = found.groups()
    if domain.lower() != app.config.organization.lower():
        return None
    return int(ticket_id) if hmac.compare_digest(signature, _signature(app, told)) else None


def ticket_reference(config: Config, ticket_id: int) -> str:
    """The id, without brackets, that stands first in References of every mail of a ticket, so that it is one thread.

    It proves nothing: anybody can write it.
    """
    return f"RT-Ticket-{ticket_id}@{config.organization}"


def _signature(app: App, told: str) -> str:
    key = app.caches.get("message_id_key")
    if key is None:
        key = app.caches["message_id_key"] = f"message-id:{app.config.secret_key()}".encode()
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()[:20]
