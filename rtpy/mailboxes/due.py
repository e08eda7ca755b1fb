"""The chore that fetches: a thread for each mailbox, so that a slow server holds up neither others nor delivery."""

import logging
import threading

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.logs.facts import log_about
from rtpy.mailboxes import state
from rtpy.mailboxes.fetching import fetch_mailbox, look_into

log = logging.getLogger("rtpy.mailboxes")

AT_ONCE = 8
"""Mailboxes that one worker has in hand; each needs a connection to the database now and then."""


def fetch_due(app: App) -> int:
    """Start a fetch, or a test, of each mailbox whose time has come. Waits for none; always 0.

    The threads end with the process: what they leave half done is safe at every point (`fetching`).
    """
    running: dict[int, threading.Thread] = app.caches.setdefault("mailboxes.running", {})
    for mailbox_id in [key for key, thread in running.items() if not thread.is_alive()]:
        del running[mailbox_id]
    for mailbox_id in state.due_mailboxes(app):
        if len(running) >= AT_ONCE:
            break
        if mailbox_id in running:
            continue
        thread = threading.Thread(
            target=_run, args=(app, mailbox_id), name=f"mailbox-{mailbox_id}", daemon=True
        )
        running[mailbox_id] = thread
        thread.start()
    return 0


FETCHING = Chore("mailboxes", 2.0, fetch_due)


def _run(app: App, mailbox_id: int) -> None:
    with log_about(chore=FETCHING.name, mailbox=mailbox_id):
        try:
            if state.wants_test(app, mailbox_id):
                look_into(app, mailbox_id)
            else:
                fetch_mailbox(app, mailbox_id)
        except Exception:  # such as a database that is away: the lease runs out, and another round comes
            log.exception("mailbox %s: the fetch broke off", mailbox_id)
