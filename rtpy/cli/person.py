"""`rtpy person`: what is stored of somebody, given out or taken away."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from rtpy.models import User


@click.group()
def person() -> None:
    """Give out or anonymise what is stored of a person.

    \b
    Example: rtpy person export ann@example.com --to ann.zip
    """


@person.command()
@site_options
@click.argument("address")
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="A file that is not there yet."
)
def export(config: Config, address: str, target: Path) -> None:
    """Write all data of a person into a ZIP file: the account, their requests, what they sent; nothing internal.

    \b
    Example: rtpy person export ann@example.com --to ann.zip
    """
    from rtpy.personal.export import export_person

    with open_app(config) as app, app.work() as work:
        user = _find(work.db, address)
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as problem:
            raise click.ClickException(f"{target} cannot be written: {problem.strerror}.") from problem
        try:
            with os.fdopen(handle, "wb") as out:
                count = export_person(work, user, out)
        except BaseException:  # half of it looks like all of it, and keeps the name
            target.unlink(missing_ok=True)
            raise
    click.echo(f"{target} has the data of {address}, with {count} requests.")


@person.command()
@site_options
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do it, for good. Otherwise you only see what would change.")
def anonymise(config: Config, address: str, yes: bool) -> None:
    """Take away everything that tells who a person was; what happened stays. This cannot be undone.

    \b
    Example: rtpy person anonymise ann@example.com
    """
    from rtpy.personal.anonymise import anonymise as forget
    from rtpy.personal.anonymise import preview

    with open_app(config) as app:
        with app.work(reading=True) as work:
            shown = preview(work, _find(work.db, address))
        for column, before, after in shown.values:
            click.echo(f"{column}: {before!r} becomes {after!r}")
        for line in shown.lines:
            click.echo(f"{line.rows:>8} {line.what} {line.becomes}")
        for where, why in shown.stays:
            click.echo(f"   stays {where}. {why}")
        if not yes:
            click.echo("Nothing was changed. With --yes it is done, and cannot be undone.")
            return
        typed = click.prompt("Type the mail address of the person, or the login name of who has none")
        with app.work() as work:
            former = forget(work, _find(work.db, address), typed)
    click.echo(f"{former.name} is what is left of the name.")


def _find(db: "Session", name: str) -> "User":
    from rtpy.changes.people import find_person
    from rtpy.errors import NotFound

    found = find_person(db, name)
    if found is None:
        raise NotFound(f"There is nobody with the address or login name {name}.")
    return found
