"""`rtpy worker`: the background worker in the foreground."""

import signal
import threading

import click

from rtpy.cli.site import open_app, site_options
from rtpy.cli.supervise import end_with_supervisor
from rtpy.config import Config
from rtpy.logs.start import start_logging


@click.command()
@site_options
def worker(config: Config) -> None:
    """Run the background worker alone, in the foreground: it sends mail and does what is due.

    \b
    Example: rtpy worker --home /var/lib/rtpy
    """
    from rtpy.garbage import collect_seldom
    from rtpy.jobs.worker import run
    from rtpy.telemetry.exporting import exporting

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    start_logging(config)
    end_with_supervisor()
    with exporting(config), open_app(config, uses_key=True) as app:
        collect_seldom()
        run(app, stop)
