"""The mails with which a new password can be chosen: the worker looks who asked, and writes to whom there is."""

import logging

from rtpy.app import App
from rtpy.identity.resetting import Reset, open_reset, sweep_resets, waiting_resets
from rtpy.jobs.worker import Chore
from rtpy.mail.sealed_words import sealed_words
from rtpy.notices.writing import Notice, write_notice
from rtpy.work import Work

log = logging.getLogger("rtpy.notices")


def tell_resets(app: App) -> int:
    """One round of the worker: every reset that was asked for, each in a transaction of its own; how many."""
    with app.reading_sessions() as db:
        waiting = waiting_resets(db)
    for number in waiting:
        with app.work() as work:
            reset = open_reset(work, number)
            if reset is not None:
                _tell(work, reset)
                log.info("a reset of the password of user %s was sent", reset.user.id)
    return len(waiting)


def forget_resets(app: App) -> int:
    """One round of the worker: what is over is swept."""
    with app.work() as work:
        sweep_resets(work.db, work.now)
    return 0


RESETS = Chore("password resets", 1.0, tell_resets)
SWEEPING = Chore("old password resets", 3600.0, forget_resets)


def _tell(work: Work, reset: Reset) -> None:
    # From the configured address of the site, never from what the browser's request named as host (A43).
    config = work.app.config
    link = sealed_words(config, config.url(f"/login/reset?token={reset.token}"))
    text = (
        f"Somebody, probably you, asked for a new password for the account {reset.user.name}. Choose it here:\n\n"
        f"{link}\n\n"
        "The link works once, within an hour. If you did not ask for it, do nothing: your password stays as it is."
    )
    notice = Notice("Choose a new password", text)
    write_notice(work, notice, address=reset.user.email_address or "", name=reset.user.display_name)
