"""A process that takes in a mail and dies at a named point.

It is forked from one that has imported rtpy already, which takes a second; faults, too, reads its variable there.
"""

import multiprocessing
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from rtpy import faults
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.mail.intake import take_in
from rtpy.plugins import load_plugins

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
load_plugins(())
configure_mappers()


def take_in_apart(app: App, raw: bytes, point: str) -> int | None:
    """Hand in a mail in another process, which dies at `point`; how the process ended."""
    url = app.engine.url.render_as_string(hide_password=False)
    given = (app.config.home, url, app.clock.now(), raw, point)
    process = FORKS.Process(target=_take_in_armed, args=given)
    process.start()
    process.join(60)
    return process.exitcode


def _take_in_armed(home: Path, url: str, now: datetime, raw: bytes, point: str) -> None:
    app = App(Config.for_tests(home, database__url=url), blobs=DatabaseStore(), clock=SettableClock(now))
    faults.arm(point)
    take_in(app, raw, queue="General")
