"""`rtpy plugin`: which plugins are installed, and which of them are loaded."""

from importlib.metadata import entry_points

import click

from rtpy.cli.site import site_options
from rtpy.config import Config
from rtpy.errors import Invalid


@click.group()
def plugin() -> None:
    """Show plugins. They are installed with pip, and loaded when rtpy.toml lists them.

    \b
    Example: rtpy plugin list
    """


@plugin.command(name="list")
@site_options
def list_plugins(config: Config) -> None:
    """List installed plugins, and those that rtpy.toml asks for.

    \b
    Example: rtpy plugin list
    """
    from rich.console import Console
    from rich.table import Table

    installed = {entry.name: entry for entry in entry_points(group="rtpy.plugins")}
    names = [*config.plugins, *sorted(set(installed) - set(config.plugins))]
    if not names:
        click.echo("No plugin is installed, and rtpy.toml lists none.")
        return
    table = Table("plugin", "version", "state")
    for name in names:
        entry = installed.get(name)
        version = entry.dist.version if entry and entry.dist else ""
        state = _state(name) if name in config.plugins else "installed, not listed in rtpy.toml"
        table.add_row(name, version, state if entry else "listed in rtpy.toml, but not installed")
    Console().print(table)


def _state(name: str) -> str:
    """Of a plugin that is listed: whether it can be loaded, and otherwise why not."""
    from rtpy.plugins import load_plugins

    try:
        load_plugins([name], defaults=())
    except Invalid as problem:
        return str(problem)
    return "loaded"
