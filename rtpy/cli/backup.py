"""`rtpy backup`: everything of a site in one file, while it runs; and whether such a file is whole."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.cli.telling import telling
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.app import App
    from rtpy.backups.manifest import Manifest


class _Backup(click.Group):
    """What is no name of a command is the place of a new backup."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["to", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Backup)
def backup() -> None:
    """Back up everything of a site into one file while it runs: rtpy backup FILE|DIR, or verify one.

    Into a folder, the file is named after the site and the time. It holds the site's secrets: only its owner may
    read it.

    \b
    Example: rtpy backup --keep 14 /var/backups/rtpy
             rtpy backup verify /var/backups/rtpy/rtpy-backup-example.com-20260302T090000Z.tar
    """


@backup.command("to")
@click.argument("place", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option(
    "--keep", type=click.IntRange(1), metavar="N", help="Delete this site's older backups in DIR but N."
)
@site_options
@click.pass_context
def to(ctx: click.Context, config: Config, place: Path, keep: int | None) -> None:
    """Take a backup (the word `to` may be left out).

    \b
    Example: rtpy backup to /var/backups/rtpy
    """
    from rtpy.backups.naming import new_name, remove_old
    from rtpy.backups.taking import take_backup

    if keep and not place.is_dir():
        raise click.ClickException(
            f"--keep goes with a folder, in which backups are named by the time, and {place} is none: make it first."
        )
    with open_app(config, as_it_is=True) as app, telling() as tell:
        file = new_name(place, config.rtname, app.clock.now()) if place.is_dir() else place
        try:
            manifest = take_backup(app, file.absolute(), _etc(config, ctx.params.get("config_file")), tell)
            whole = not manifest.unreadable
            _note(app, file, whole=whole)
            # one that lacks files takes the place of none that has them
            removed = remove_old(place, config.rtname, keep) if keep and whole else []
        except OSError as error:
            raise click.ClickException(
                f"The backup cannot be written: {error.strerror} ({error.filename or file}). Nothing is left of it."
            ) from error
    click.echo(f"{file}: {_said(manifest, file)}, verified.")
    for old in removed:
        click.echo(f"{old.name}: deleted, {keep} are kept.")
    if manifest.unreadable:
        raise click.ClickException(
            f"{len(manifest.unreadable)} attachments could not be read and are not in the backup, the first is "
            f"{manifest.unreadable[0]}.{' No older backup was deleted.' if keep else ''}"
        )


@backup.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(file: Path) -> None:
    """Read a backup from its first to its last byte, and say whether it is whole.

    \b
    Example: rtpy backup verify rtpy-backup-example.com-20260302T090000Z.tar
    """
    from rtpy.backups.verifying import verify as read

    with telling() as tell:
        manifest = read(file, tell)
    click.echo(f"{file}: whole. {_said(manifest, file)}.")
    for name, value in sorted(manifest.figures.vital.items()):
        click.echo(f"  {name}: {value}")


def _etc(config: Config, chosen: Path | None) -> dict[str, Path]:
    """The files of etc by name; the configuration is the one that this site reads."""
    from rtpy.paths import find_etc

    etc = find_etc(config)
    found = {name: etc / name for name in ("lifecycles.toml", "initialdata.toml")}
    found["rtpy.toml"] = Path(chosen or os.environ.get("RTPY_CONFIG") or etc / "rtpy.toml")
    return {name: file for name, file in found.items() if file.is_file()}


def _note(app: "App", file: Path, *, whole: bool) -> None:
    from rtpy.models import Configuration
    from rtpy.models.configuration import LAST_BACKUP

    now = app.clock.now()
    value = {"at": now.isoformat(timespec="seconds"), "bytes": file.stat().st_size, "verified": whole}
    with app.work() as work:
        work.db.merge(Configuration(name=LAST_BACKUP, value=value, updated=now))


def _said(manifest: "Manifest", file: Path) -> str:
    figures = manifest.figures
    return (
        f"{manifest.site}, {manifest.made}, rtpy {manifest.rtpy}, {manifest.database}, "
        f"{figures.vital.get('tickets', '0')} tickets, {figures.attachments.count} stored texts and files "
        f"({manifest.outside.count} of them beside the database), {file.stat().st_size:,} bytes"
    )
