"""A process that fetches a mailbox and dies at a named point; forked, as in tests/mail/dying.py."""

from datetime import datetime
from pathlib import Path

from rtpy import faults
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.mailboxes.fetching import fetch_mailbox
from tests.mail.dying import FORKS


def fetch_apart(app: App, mailbox_id: int, point: str, passage: int) -> int | None:
    """Fetch in another process, which dies at that passage of `point`; how the process ended."""
    url = app.engine.url.render_as_string(hide_password=False)
    given = (app.config.home, url, app.clock.now(), mailbox_id, point, passage)
    process = FORKS.Process(target=_fetch_armed, args=given)
    process.start()
    process.join(60)
    return process.exitcode


def _fetch_armed(home: Path, url: str, now: datetime, mailbox_id: int, point: str, passage: int) -> None:
    app = App(Config.for_tests(home, database__url=url), blobs=DatabaseStore(), clock=SettableClock(now))
    faults.arm(f"{point}:{passage}")
    fetch_mailbox(app, mailbox_id)
