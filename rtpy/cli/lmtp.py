"""`rtpy lmtp`: take mail from a mail server by LMTP, in the foreground."""

import signal
import threading

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config
from rtpy.logs.start import start_logging


@click.command()
@click.option(
    "--listen",
    metavar="PLACE",
    help="Address and port, or the path of a socket; without it the option mail.lmtp_listen.",
)
@site_options
def lmtp(config: Config, listen: str | None) -> None:
    """Take mail from your mail server by LMTP, in the foreground.

    The recipient's address says into which queue a mail goes. There is no login: listen where only the mail server
    can connect.

    \b
    Example: rtpy lmtp --listen 127.0.0.1:2424
    """
    from rtpy.mailboxes.lmtp import Listener  # heavy
    from rtpy.telemetry.exporting import exporting

    place = listen or config.mail.lmtp_listen
    if not place:
        raise click.ClickException("Say where: rtpy lmtp --listen 127.0.0.1:2424")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    start_logging(config)
    with exporting(config), open_app(config, uses_key=True) as app:
        listener = Listener(app, place)
        try:
            listener.start()
        except OSError as error:
            raise click.ClickException(f"Cannot listen at {place}: {error.strerror or error}.") from error
        stop.wait()
        listener.stop()
