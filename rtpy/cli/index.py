"""`rtpy index`: what search finds, brought up to date in the foreground."""

import time
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.cli.telling import telling
from rtpy.config import Config
from rtpy.logs.start import start_logging

if TYPE_CHECKING:
    from rtpy.app import App

PAUSE = 0.5
"""Seconds between looks while the worker does the work."""


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Read everything anew; what is found stays found meanwhile."
)
@click.option("--status", is_flag=True, help="Only say how far it is.")
@site_options
def index(config: Config, everything: bool, status: bool) -> None:
    """Take everything that waits into the index of search; the worker does the same in the background.

    It may be broken off at any time: whoever comes next, this command or the worker, goes on from there.

    \b
    Example: rtpy index --all
    """
    start_logging(config)
    with open_app(config) as app:
        if status:
            click.echo(_said(app))
            return
        if everything:
            _begin(app)
        _finish(app)
        click.echo(_said(app))


def _begin(app: "App") -> None:
    from rtpy.search.text.state import begin_anew

    with app.work() as work:
        begin_anew(app, work.db, empty=False)


def _finish(app: "App") -> None:
    """Index until nothing is left, whoever does it."""
    from rtpy.search.text.indexing import index_some
    from rtpy.search.text.state import progress

    with app.work(reading=True) as work:
        first = progress(work.db)
    total = first.waiting + first.left
    with telling() as tell:
        while True:
            did = index_some(app)
            with app.work(reading=True) as work:
                now = progress(work.db)
            tell("Indexing", max(total - now.waiting - now.left, 0), total)
            if now.is_done and not did:
                return
            if not did:
                time.sleep(PAUSE)


def _said(app: "App") -> str:
    from rtpy.search.text.state import progress

    with app.work(reading=True) as work:
        now = progress(work.db)
    if now.is_done:
        return "Everything is in the index."
    return f"{now.waiting} changes wait, and about {now.left} older things are still to be read."
