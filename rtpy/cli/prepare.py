"""Makes a site ready to run: the home, the tables and their first contents; used by `up` and `init`."""

import click

from rtpy.app import App
from rtpy.config import Config
from rtpy.initialdata.brought import give_first_data
from rtpy.migrations.run import upgrade
from rtpy.setup import initialise
from rtpy.site_key import refuse_another_key


def make_home(config: Config) -> None:
    """The home, closed to other users when it is new. Raises click.ClickException when it may not be made."""
    try:
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(f"Cannot make the home {config.home}: {error.strerror}.") from error


def prepare(app: App, root_password: str | None, *, contract: bool) -> str | None:
    """Bring the database up to date; give a new one its users, queue and scrips, and new plugins their first data.

    `contract`: no other node runs, so that what older versions use may go too.

    Returns the password of root when it was made just now (`root_password`, or one drawn by lot), otherwise None:
    an existing root keeps the password it has. Raises Refused, with nothing done, when the home
    holds another site's key.
    """
    refuse_another_key(app.engine, app.config, app.clock.now())
    upgrade(app.engine, app.lines, contract=contract)
    password = initialise(app, root_password)
    refuse_another_key(app.engine, app.config, app.clock.now())  # which a new database notes now
    give_first_data(app)
    return password
