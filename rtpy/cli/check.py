"""`rtpy check`: is this site in order, and if not, what is wrong."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from rtpy.cli.site import site_options
from rtpy.config import Config


@click.command()
@site_options
def check(config: Config) -> None:
    """Check configuration, lifecycles, plugins and database; exits 1 when something is wrong.

    \b
    Example: rtpy check --home /var/lib/rtpy
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from rtpy.app import App
    from rtpy.migrations.run import is_current

    click.echo("configuration: in order")
    app = App.from_config(config)
    click.echo("lifecycles and plugins: in order")
    address = make_url(config.database.url)
    where = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and not _exists(address.database):
        _fail(f"database {where}: not made yet; run: rtpy init")
    try:
        with app.engine.connect() as connection:
            current = is_current(connection)
    except SQLAlchemyError as error:
        _fail(f"database {where}: {getattr(error, 'orig', None) or error}")
    if not current:
        _fail(f"database {where}: its tables are of another version; run: rtpy migrate")
    click.echo(f"database {where}: in order")
    if config.mail.transport == "file":
        click.echo(f"mail: kept in {config.mail_directory}, nothing is sent (mail.transport is file)")


def _exists(path: str | None) -> bool:
    return path is not None and Path(path).is_file()


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
