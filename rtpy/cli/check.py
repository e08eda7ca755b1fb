"""`rtpy check`: is this site in order, and if not, what is wrong."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.app import App


@click.command()
@site_options
def check(config: Config) -> None:
    """Check configuration, lifecycles, plugins and database; exits 1 when something is wrong.

    \b
    Example: rtpy check --home /var/lib/rtpy
    """
    with open_app(config) as app:  # plugins check their sections of the configuration
        click.echo("configuration: in order")
        click.echo("lifecycles and plugins: in order")
        if config.set_aside:
            click.echo(f"safe mode: not loaded are {', '.join(config.set_aside)}")
        _check_database(config, app)
        _check_directories(app)
        _check_plugins(app)
    if config.mail.transport == "file":
        click.echo(f"mail: kept in {config.mail_directory}, nothing is sent (mail.transport is file)")
    if config.web.login_header and not config.web.trusted_proxy:
        click.echo("web.login_header: counts for nobody as long as web.trusted_proxy names no proxy")


def _check_database(config: Config, app: "App") -> None:
    from sqlalchemy.engine import make_url

    from rtpy.migrations.run import is_current

    address = make_url(config.database.url)
    where = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and not _exists(address.database):
        _fail(f"database {where}: not made yet; run: rtpy init")
    with app.engine.connect() as connection:
        current = is_current(connection, app.lines)
    if not current:
        _fail(f"database {where}: its tables are of another version; run: rtpy migrate")
    click.echo(f"database {where}: in order")


def _check_directories(app: "App") -> None:
    from importlib.util import find_spec

    from rtpy.identity.directories.directory import MISSING
    from rtpy.identity.directories.settings import enabled_directories

    with app.reading_sessions() as db:
        names = ", ".join(directory.name for directory in enabled_directories(app, db))
    if not names:
        return
    if find_spec("ldap") is None:
        _fail(f"directories ({names}): nobody logs in through them. {MISSING}")
    click.echo(f"directories: {names}")


def _check_plugins(app: "App") -> None:
    from rtpy.health import findings

    with app.work(reading=True) as work:
        found = findings(work, anew=True)
    for finding in found:
        click.echo(f"{finding.what}: in order" if finding.check.ok else finding.said)
    wrong = sum(not finding.check.ok for finding in found)
    if wrong:
        _fail(f"plugins: {wrong} of {len(found)} checks are not in order")


def _exists(path: str | None) -> bool:
    return path is not None and Path(path).is_file()


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
