"""`rtpy migrate`: the database brought up to date."""

import click

from rtpy.cli.site import site_options
from rtpy.config import Config


@click.command()
@site_options
def migrate(config: Config) -> None:
    """Bring the tables of the database up to date.

    \b
    Example: rtpy migrate --home /var/lib/rtpy
    """
    from rtpy.app import App
    from rtpy.migrations.run import upgrade

    upgrade(App.from_config(config).engine)
    click.echo("The database is up to date.")
