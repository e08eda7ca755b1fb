"""`rtpy copy-database`: from SQLite to PostgreSQL when a shop has grown, or back."""

import click

from rtpy.cli.site import open_app, refuse_no_address, site_options
from rtpy.cli.telling import telling
from rtpy.config import Config


@click.command("copy-database")
@click.option("--to", "url", required=True, metavar="URL", help="The other database; must be empty.")
@site_options
def copy_database(config: Config, url: str) -> None:
    """Copy everything into an empty database of the other kind, and compare the two. Stop the site before.

    \b
    Example: rtpy copy-database --to postgresql+psycopg://rtpy@/rtpy
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import DBAPIError

    from rtpy.backups.copying import copy_database as copy

    refuse_no_address(url)
    shown = make_url(url).render_as_string(hide_password=True)
    with open_app(config, as_it_is=True) as app, telling() as tell:
        try:
            copied = copy(app, url, tell)
        except DBAPIError as error:
            reason = (str(error.orig).strip().splitlines() or ["no reason was given"])[0]
            raise click.ClickException(f"Nothing can be copied to {shown}: {reason}") from error
    click.echo(f"{sum(copied.values()):,} rows of {len(copied)} tables are copied to {shown} and compared.")
    click.echo(
        "- Let the site use it: url under [database] in rtpy.toml (RTPY_DATABASE_URL), on all machines."
    )
    click.echo("- Search finds more and more while the worker reads everything; at once: rtpy index")
    click.echo(f"- Outgoing mail is held there until you let it go: {config.url('/admin/mail/outgoing')}")
