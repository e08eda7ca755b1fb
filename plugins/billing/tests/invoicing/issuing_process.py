"""A process that issues drafts, one transaction each, and dies at a named point.

It is forked from one that has imported rtpy already, which takes a second.
"""

import multiprocessing
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from rtpy import faults
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.plugins import load_plugins
from rtpy.work import Actor
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import Invoice

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
load_plugins(("billing",))
configure_mappers()


def issue_apart(app: App, issuer: Actor, ids: Sequence[int], point: str, passage: int = 1) -> int | None:
    """Issue these drafts in another process, which dies at that passage of `point`; how the process ended."""
    url = app.engine.url.render_as_string(hide_password=False)
    given = (app.config.home, url, app.clock.now(), issuer, tuple(ids), point, passage)
    process = FORKS.Process(target=_issue_armed, args=given)
    process.start()
    process.join(60)
    return process.exitcode


def _issue_armed(
    home: Path, url: str, now: datetime, issuer: Actor, ids: Sequence[int], point: str, passage: int
) -> None:
    config = Config.for_tests(home, database__url=url, plugins=["billing"])
    app = App(config, blobs=DatabaseStore(), clock=SettableClock(now))
    faults.arm(f"{point}:{passage}")
    for id_ in ids:
        with app.work(issuer) as work:
            draft = work.db.get_one(Invoice, id_)
            issue(work, draft, draft.version, f"{draft.total / 100:.2f}")
