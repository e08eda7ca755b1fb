"""`rtpy restore`: a site from a backup, in an empty home and an empty database."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import read_config, refuse_no_address
from rtpy.cli.telling import telling
from rtpy.config import Config
from rtpy.paths import default_home

if TYPE_CHECKING:
    from rtpy.app import App
    from rtpy.backups.restoring import Restored


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--home",
    envvar="RTPY_HOME",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The new home; must be empty.",
)
@click.option(
    "--database", metavar="URL", help="The new database; must be empty. Noted in the home's rtpy.toml."
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Instead of etc/rtpy.toml.",
)
@click.option("--no-plugins", is_flag=True, help="Load no plugin (RTPY_NO_PLUGINS=1).")
def restore(
    file: Path, home: Path | None, database: str | None, config_file: Path | None, no_plugins: bool
) -> None:
    """Restore a backup, check that everything is there, and hold outgoing mail until you say so.

    Without --database the database of the restored configuration is filled, which must be empty too.

    \b
    Example: rtpy restore backup.tar --home /var/lib/rtpy
             rtpy restore backup.tar --home /srv/drill --database postgresql+psycopg://rtpy@/rtpy_drill
    """
    from sqlalchemy.exc import DBAPIError

    from rtpy.backups.restoring import restore as bring_back

    refuse_no_address(database or "")
    place = (home or default_home()).absolute()
    given = {"home": str(place), "database.url": database, "no_plugins": no_plugins or None}
    try:
        with telling() as tell:
            restored = bring_back(
                file,
                place,
                database or "",
                read=lambda: read_config(config_file, given),
                make_app=_make_app,
                tell=tell,
            )
    except DBAPIError as error:
        reason = (str(error.orig).strip().splitlines() or ["no reason was given"])[0]
        raise click.ClickException(f"The database cannot be used: {reason}") from error
    except OSError as error:
        raise click.ClickException(
            f"Nothing can be restored into {place}: {error.strerror} ({error.filename or place})."
        ) from error
    click.echo(f"{place} is restored: {restored.manifest.site} as it was at {restored.manifest.made}.")
    for line in _what_to_do(restored):
        click.echo(f"- {line}")


def _what_to_do(restored: "Restored") -> list[str]:
    config, dropped, lost = restored.config, restored.manifest.dropped, restored.lost
    lines = [
        "Outgoing mail is held, so that nothing is sent twice. When the site runs, look through "
        f"{config.url('/admin/mail/outgoing')}, cancel what people have got already, then let mail go again.",
        f"The files of etc as they were lie in {config.home}/etc-from-backup: compare them with yours.",
    ]
    if restored.key_problem:
        lines.insert(0, f"It does not start yet. {restored.key_problem}")
    if restored.is_older:
        lines.insert(
            0, f"The backup is of an older version: run rtpy migrate --home {config.home} before you start."
        )
    named = os.environ.get("RTPY_DATABASE_URL")
    if named and named != config.database.url:
        lines.insert(
            0, "RTPY_DATABASE_URL names another database, and wins: take it out of the environment first."
        )
    if dropped:
        lines.append(
            f"Plugins that lay in the home are not in a backup; put them back: {', '.join(dropped)}."
        )
    if lost:
        lines.append(f"{len(lost)} attachments could not be read when the backup was made, and are missing.")
    lines.append(f"Start it: rtpy up --home {config.home}")
    return lines


def _make_app(config: Config) -> "App":
    from rtpy.app import App
    from rtpy.stores.build import store_of

    return App(config, blobs=store_of(config))
