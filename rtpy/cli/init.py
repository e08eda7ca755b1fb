"""`rtpy init`: database and first contents, without starting anything."""

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config


@click.command()
@site_options
@click.option(
    "--root-password",
    envvar="RTPY_ROOT_PASSWORD",
    metavar="PW",
    help="For root; otherwise one is drawn and printed.",
)
def init(config: Config, root_password: str | None) -> None:
    """Make the database, its tables and the first users, queue, scrips and templates.

    Running it again changes nothing but the tables, which it brings up to date.

    \b
    Example: rtpy init --home /var/lib/rtpy
    """
    from rtpy.cli.prepare import make_home, prepare

    make_home(config)
    with open_app(config, as_it_is=True) as app:
        password = prepare(app, root_password, contract=False)
    if password is None:
        click.echo("The database is up to date; root exists and keeps its password.")
    elif root_password:
        click.echo("The database is made; root has the password you gave.")
    else:
        click.echo(f"The database is made; the password of root is {password} (it is not shown again).")
