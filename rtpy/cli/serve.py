"""`rtpy serve`: the web server in the foreground."""

import signal
import sys
import threading

import click

from rtpy.cli.listening import refuse_taken_place
from rtpy.cli.site import site_options
from rtpy.cli.supervise import end_with_supervisor
from rtpy.config import Config
from rtpy.logs.start import start_logging


@click.command()
@site_options
def serve(config: Config) -> None:
    """Run the web server alone, in the foreground.

    \b
    Example: rtpy serve --home /var/lib/rtpy
    """
    from rtpy.telemetry.exporting import exporting  # heavy, like what the server needs

    refuse_taken_place(config.web.host, config.web.port, command="serve")
    start_logging(config)
    end_with_supervisor()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with exporting(config):
        _serve(config)


def _serve(config: Config) -> None:
    from waitress.server import create_server

    from rtpy.cli.draining import run_until
    from rtpy.garbage import collect_seldom
    from rtpy.http.door import behind_proxy
    from rtpy.wsgi import make_served_app

    application = behind_proxy(make_served_app(config), config)
    try:
        server = create_server(
            application,
            host=config.web.host,
            port=config.web.port,
            threads=config.web.threads,
            ident="rtpy",
            # a form with a mail of the largest size must fit, with its encoding
            max_request_body_size=2 * config.mail.max_size,
            clear_untrusted_proxy_headers=False,  # done by `behind_proxy`
        )
    except OSError as error:  # somebody was faster
        raise click.ClickException(
            f"Cannot listen on {config.web.host} port {config.web.port}: {error.strerror}."
        ) from error
    collect_seldom()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    run_until(server, stop)
