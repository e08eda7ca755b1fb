"""`rtpy migrate`: the database brought up to date."""

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config


@click.command()
@site_options
def migrate(config: Config) -> None:
    """Bring the tables of the database up to date, then those of the plugins.

    \b
    Example: rtpy migrate --home /var/lib/rtpy
    """
    from rtpy.initialdata.brought import give_first_data
    from rtpy.migrations.run import upgrade

    with open_app(config) as app:
        upgrade(app.engine, app.lines)
        for name in give_first_data(app):
            click.echo(f"{name} has its first data.")
    click.echo("The database is up to date.")
