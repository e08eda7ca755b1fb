"""`rtpy attachments`: where the files of tickets lie, whether they are whole, and moving them."""

import sys

import click

from rtpy.cli.site import open_app, site_options
from rtpy.cli.telling import telling
from rtpy.config import Config

SHOWN = 1000
"""Damaged files that are named; more are counted."""


@click.group()
def attachments() -> None:
    """Files of tickets: verify them, or move them to another store.

    \b
    Example: rtpy attachments check --sample 1000
    """


@attachments.command()
@click.option(
    "--to",
    "place",
    required=True,
    type=click.Choice(["database", "folder", "s3"]),
    help="The same as attachments.store.",
)
@site_options
def move(config: Config, place: str) -> None:
    """Move the files that are there already to where new ones go; the site may run meanwhile.

    It may be broken off at any time: called again it goes on from there. A copy is verified before the old one goes.

    \b
    Example: rtpy attachments move --to folder
    """
    if place != config.attachments.store:
        raise click.ClickException(
            f'New files still go to the store {config.attachments.store}. Set attachments.store = "{place}", '
            "start rtpy anew, and then move."
        )
    with open_app(config) as app:
        from rtpy.stores.moving import move as move_all
        from rtpy.stores.moving import waiting

        moved, total = 0, waiting(app)
        try:
            with telling() as tell:
                for number in move_all(app):
                    moved += number
                    tell("Moving", moved, max(moved, total))
        except OSError as error:
            raise click.ClickException(f"Stopped after {moved} files: {error}.") from error
    click.echo(f"Done: {moved} files were looked at, and all lie in the store {place} now.")


@attachments.command()
@click.option("--sample", type=click.IntRange(1), help="Verify only so many, chosen by chance.")
@site_options
def check(config: Config, sample: int | None) -> None:
    """Read all files and verify their hashes; exits 1 and names those that are missing or damaged.

    \b
    Example: rtpy attachments check --sample 1000
    """
    with open_app(config) as app:
        from rtpy.stores.checking import count_files, look_at_all

        total = count_files(app)
        wrong, looked, wanted = 0, 0, min(total, sample or total)
        with telling() as tell:
            for looked, found in enumerate(look_at_all(app, sample=sample), 1):
                tell("Verifying", looked, max(looked, wanted))
                if found.problem:
                    wrong += 1
                    if wrong <= SHOWN:
                        click.echo(f"{found.sha256} {found.problem}")
    click.echo(f"{looked} of {total} files were verified, {wrong} of them are not in order.")
    if wrong:
        sys.exit(1)
