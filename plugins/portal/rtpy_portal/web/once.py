"""Forms that are sent twice, by a double click or by loading the answer again: the second time does nothing."""

import hashlib

from pyramid.request import Request

from rtpy.identity.login import network_of
from rtpy.identity.rates import hit

WINDOW = 600
"""Seconds in which the very same words to the very same address count as the same form."""


def was_sent(request: Request) -> bool:
    """Did this visitor post exactly this a moment ago? It is noted now, as part of the transaction.

    To be asked once all is checked: what is refused may be sent again. Who posts at the same time waits for the first.
    """
    login = request.login
    who = str(login.user_id) if login is not None else network_of(request.peer)
    said = [f"{name}={value}" for name, value in request.POST.items() if name != "csrf_token"]
    words = "\0".join((who, request.path, *said))
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    return hit(request.db, f"portal form {digest}", WINDOW, request.app.clock.now()) > 1
