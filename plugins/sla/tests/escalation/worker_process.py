"""A process that does one round of escalation, and may die at a named point.

It is forked from one that has imported rtpy already, which takes a second.
"""

import multiprocessing
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from rtpy import faults
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.plugins import load_plugins
from rtpy_sla.escalation.run import escalate

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
load_plugins(("sla",))
configure_mappers()


def begin_round(app: App, point: str = "", passage: int = 1) -> BaseProcess:
    """A round in another process, which dies at that passage of `point`."""
    url = app.engine.url.render_as_string(hide_password=False)
    process = FORKS.Process(target=_round, args=(app.config.home, url, app.clock.now(), point, passage))
    process.start()
    return process


def _round(home: Path, url: str, now: datetime, point: str, passage: int) -> None:
    config = Config.for_tests(home, database__url=url, plugins=["sla"])
    faults.arm(f"{point}:{passage}")
    escalate(App(config, blobs=DatabaseStore(), clock=SettableClock(now)))
