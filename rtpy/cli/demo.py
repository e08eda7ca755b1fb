"""`rtpy demo`: the sample consultancy, loaded and removed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config
from rtpy.errors import Refused

if TYPE_CHECKING:
    from rtpy.app import App

_TITLE = "Loading the sample consultancy"


@click.group()
def demo() -> None:
    """Load or remove the sample consultancy: eight clients, six staff and three months of tickets.

    \b
    Example: rtpy demo load
    """


@demo.command()
@site_options
def load(config: Config) -> None:
    """Load it, once; a loading that was broken off begins anew.

    \b
    Example: rtpy demo load
    """
    with open_app(config, uses_key=True) as app:
        click.echo("The sample consultancy is loaded." if load_once(app) else "It is loaded already.")


@demo.command()
@site_options
def remove(config: Config) -> None:
    """Remove all of it; what else is in the database stays.

    \b
    Example: rtpy demo remove
    """
    from rtpy.demo.remove import remove as remove_all

    try:
        with open_app(config) as app:
            found = remove_all(app)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo("The sample consultancy is removed." if found else "There is no sample consultancy here.")


def load_once(app: "App") -> bool:
    """Load it with progress on standard error, and what plugins add to it; False when all is there already."""
    from rtpy.demo import load as loading
    from rtpy.demo.brought import load_brought

    if loading.is_loaded(app):
        return bool(load_brought(app))  # of a plugin that was enabled since
    with _progress() as progress:
        loading.load(app, progress=progress)
    return True


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, elsewhere a line for each tenth; takes what is done and all."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task(_TITLE, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if done * 10 // total > told:
            told = done * 10 // total
            click.echo(f"{_TITLE}: {told * 10} %", err=True)

    click.echo(_TITLE, err=True)
    yield tell
