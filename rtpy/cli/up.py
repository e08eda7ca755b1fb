"""`rtpy up`: everything from an empty folder to a server that answers, in one command."""

import os
import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.listening import refuse_taken_place
from rtpy.cli.site import open_app, read_config
from rtpy.cli.supervise import Child, Supervisor, command_line
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.app import App

PATIENCE = 60.0
"""Seconds until the web server must answer for the first time."""

CRASHES = 3
"""Crashes of one child before the first answer after which `up` gives up."""


@click.command()
@click.option("--demo", is_flag=True, help="Load a sample consultancy, once.")
@click.option(
    "--home", metavar="DIR", help="Folder of the database, mail and secrets (RTPY_HOME); default var/."
)
@click.option(
    "--config", "config_file", metavar="FILE", type=click.Path(path_type=Path), help="Not etc/rtpy.toml."
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on; default 127.0.0.1.")
@click.option("--port", type=int, metavar="PORT", help="Port to listen on; default 8080.")
@click.option("--database", metavar="URL", help="sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME.")
@click.option(
    "--root-password",
    envvar="RTPY_ROOT_PASSWORD",
    metavar="PW",
    help="For a new root; otherwise one is drawn.",
)
@click.option(
    "--migrate", is_flag=True, help="Bring tables on PostgreSQL up to date too: when no other node runs."
)
@click.option("--no-plugins", is_flag=True, help="Load no plugin (RTPY_NO_PLUGINS=1).")
def up(
    demo: bool,
    home: str | None,
    config_file: Path | None,
    host: str | None,
    port: int | None,
    database: str | None,
    root_password: str | None,
    migrate: bool,
    no_plugins: bool,
) -> None:
    """Make or update home and database, then run the web server and the worker until Ctrl-C.

    \b
    Example: rtpy up --demo --port 8081
    """
    given = {"home": home, "web.host": host, "web.port": port, "database.url": database}
    given["no_plugins"] = True if no_plugins else None
    config = read_config(config_file, given)
    supervisor = Supervisor(
        [Child("web server", command_line("serve")), Child("worker", command_line("worker"))],
        dict(os.environ) | _as_environment(config, config_file),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: _leave(supervisor.stop))
    try:
        refuse_taken_place(config.web.host, config.web.port, command="up")
        hint = _make_ready(config, root_password, demo=demo, migrate=migrate)
        _say("Starting the web server and the worker")
        _run(supervisor, config, hint)
    except _Leave:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.end()


class _Leave(BaseException):
    """Somebody asked for the end; no Exception, so that nothing on the way takes it for a failure."""


def _leave(stop: threading.Event) -> None:
    if not stop.is_set():
        stop.set()
        raise _Leave


def _make_ready(config: Config, root_password: str | None, *, demo: bool, migrate: bool) -> str:
    """Home, database and sample; returns how to log in."""
    is_only_node = migrate or config.database.url.startswith("sqlite")
    from rtpy.cli.prepare import make_home, prepare

    make_home(config)
    _say(f"Bringing the database in {config.home} up to date")
    with open_app(config, as_it_is=True) as app:
        if not is_only_node:
            _leave_tables_to_migrate(app)
        password = prepare(app, root_password, contract=is_only_node)
        if demo:
            from rtpy.cli.demo import load_once

            load_once(app)
    if password is None:
        return "log in as root"
    if root_password:
        return "log in as root with the password you gave"
    return f"log in as root with the password {password} (it is not shown again)"


def _leave_tables_to_migrate(app: "App") -> None:
    """On PostgreSQL others may run: a new database is made, one that is older is not changed without being asked."""
    from rtpy.migrations.standing import State, standings

    with app.engine.connect() as connection:
        core, *others = standings(connection, app.lines)
        connection.rollback()
    unfit = [standing for standing in (core, *others) if not standing.fits]
    if core.state is not State.EMPTY and unfit:
        advice = "" if unfit[0].state is State.TOO_NEW else " When no other node runs: rtpy up --migrate"
        raise click.ClickException(unfit[0].sentence + advice)


def _run(supervisor: Supervisor, config: Config, hint: str) -> None:
    """Tend the children until somebody asks for the end; says once when the server answers."""
    deadline = time.monotonic() + PATIENCE
    is_ready = False
    while not supervisor.stop.is_set():
        supervisor.tend()
        if not is_ready and _answers(config):
            is_ready = True
            click.echo(f"rtpy is ready: {config.local_url}/ ({hint})")
        if not is_ready:
            broken = [child.name for child in supervisor.children if child.crashes >= CRASHES]
            if broken or time.monotonic() > deadline:
                what = f"the {broken[0]} ends again and again" if broken else "the web server does not answer"
                raise click.ClickException(f"Cannot start: {what}; the reason is above.")
        time.sleep(0.2)


def _answers(config: Config) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{config.local_url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _as_environment(config: Config, file: Path | None) -> dict[str, str]:
    """The settings of this call as the children read them."""
    variables = {
        "RTPY_HOME": str(config.home),
        "RTPY_WEB_HOST": config.web.host,
        "RTPY_WEB_PORT": str(config.web.port),
        "RTPY_DATABASE_URL": config.database.url,
    }
    if config.set_aside:
        variables["RTPY_NO_PLUGINS"] = "1"
    return variables | ({"RTPY_CONFIG": str(file.absolute())} if file else {})


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
