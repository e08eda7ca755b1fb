"""How the ways in hang on the hooks: the worker's chores."""

import logging
from collections.abc import Sequence

from rtpy.app import App
from rtpy.hookspecs import hookimpl
from rtpy.jobs.worker import Chore
from rtpy.mailboxes.due import FETCHING

log = logging.getLogger("rtpy.lmtp")


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for mailboxes."""
    return [FETCHING, Chore("lmtp", 10.0, keep_listening)]


def keep_listening(app: App) -> int:
    """Take mail by LMTP where the option `mail.lmtp_listen` says so; another worker may do it already. Always 0."""
    place = app.config.mail.lmtp_listen
    if not place or "lmtp" in app.caches:
        return 0
    from rtpy.mailboxes.lmtp import Listener  # heavy, and most sites do without

    listener = Listener(app, place)
    try:
        listener.start()
    except OSError as error:
        if not app.caches.get("lmtp.failed"):
            log.warning("LMTP cannot listen at %s: %s. It is tried again.", place, error.strerror or error)
        app.caches["lmtp.failed"] = True
        return 0
    app.caches["lmtp"] = listener
    return 0
