"""`rtpy plugin`: which plugins there are; putting them on the list, checking, making and removing them."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import BadConfig, Config
from rtpy.errors import Invalid
from rtpy.installed import all_installed, find_installed, plugin_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from rtpy.migrations.lines import Line
    from rtpy.plugincare.doctor import Finding


@click.group()
def plugin() -> None:
    """Look after plugins. They are installed with pip or dropped into plugins/, and loaded when rtpy.toml lists them.

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

    folders = plugin_folders(config.home)
    installed = all_installed(folders)
    listed = _listed(config)
    names = [*listed, *sorted(set(installed) - set(listed))]
    if not names:
        click.echo("No plugin is installed, and rtpy.toml lists none.")
        return
    table = Table("plugin", "version", "from", "state")
    for name in names:
        found = installed.get(name)
        if found is None:
            table.add_row(name, "", "", "listed in rtpy.toml, but not installed")
            continue
        state = _state(config, name) if name in listed else "installed, not listed in rtpy.toml"
        table.add_row(name, found.version, str(found.folder or "pip"), state)
    Console().print(table)


@plugin.command()
@click.argument("name")
@site_options
def enable(config: Config, name: str) -> None:
    """Put a plugin at the end of the list in the home's rtpy.toml, if it can be loaded with the others.

    \b
    Example: rtpy plugin enable billing
    """
    from rtpy.plugincare.listing import change_list

    _refuse_environment()
    listed = _listed(config)
    if name in listed:
        click.echo(f"{name} is on the list already.")
        return
    if find_installed(name, plugin_folders(config.home)) is None:
        raise click.ClickException(f"There is no plugin {name}: install its package, then run this again.")
    has_more = _try(config, [*listed, name], name)  # before anything is written
    change_list(config.home / "rtpy.toml", [*listed, name])
    click.echo(f"{name} is on the list in {config.home / 'rtpy.toml'}.")
    click.echo(f"Now {'run rtpy migrate, then ' if has_more else ''}restart the web server and the worker.")


@plugin.command()
@click.argument("name")
@site_options
def disable(config: Config, name: str) -> None:
    """Take a plugin off the list in the home's rtpy.toml; its settings and tables stay.

    \b
    Example: rtpy plugin disable billing
    """
    _take_off(config, name)
    click.echo("Its tables and settings stay. Now restart the web server and the worker.")


@plugin.command()
@click.argument("name")
@click.option("--drop-data", is_flag=True, help="Delete its tables with everything in them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@site_options
def remove(config: Config, name: str, drop_data: bool, yes: bool) -> None:
    """Take a plugin off the list, and with --drop-data delete its tables; its package stays.

    \b
    Example: rtpy plugin remove billing --drop-data
    """
    if drop_data:
        _drop_data(config, name, yes)
    if name in _listed(config):
        _take_off(config, name)
    elif not drop_data:
        click.echo(f"{name} is not on the list.")
    found = find_installed(name, plugin_folders(config.home))
    if found and found.folder:
        click.echo(f"Now restart the web server and the worker; its files are in {found.folder}.")
    elif found:
        click.echo(
            f"Now restart the web server and the worker; its package goes with: pip uninstall {found.package}"
        )


@plugin.command()
@click.argument("names", nargs=-1)
@site_options
def doctor(config: Config, names: tuple[str, ...]) -> None:
    """Examine plugins, without names those that are listed; exits 1 when something is wrong with one.

    \b
    Example: rtpy plugin doctor billing
    """
    from rtpy.plugincare.doctor import Grade, examine

    listed = _listed(config)
    wanted = names or listed
    if not wanted:
        click.echo("rtpy.toml lists no plugin; name one: rtpy plugin doctor NAME")
    is_bad = False
    with _database(config) as connection:
        for name in wanted:
            click.echo(f"{name}:")
            others = tuple(each for each in listed if each != name)
            findings = list(
                examine(
                    name, folders=plugin_folders(config.home), is_listed=name in listed, connection=connection
                )
            )
            if not any(finding.about == "loading" and finding.grade is Grade.BAD for finding in findings):
                findings.append(_together(config, (*others, name)))
            for finding in findings:
                click.echo(f"  {finding.grade:<5} {finding.about}: {finding.sentence}")
                is_bad = is_bad or finding.grade is Grade.BAD
    if is_bad:
        sys.exit(1)


@plugin.command()
@site_options
def hooks(config: Config) -> None:
    """List every hook, and who implements it in the order of their calls.

    \b
    Example: rtpy plugin hooks
    """
    from rtpy.plugins import implementers, load_plugins

    manager = load_plugins(config.plugins, folders=plugin_folders(config.home))
    for name, owners in implementers(manager).items():
        click.echo(f"{name}: {', '.join(owners) or '–'}")


@plugin.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which the package is made; otherwise plugins/ of the home, where it is found at once.",
)
@site_options
def new(config: Config, name: str, into: Path | None) -> None:
    """Write the package of a new plugin: hooks, a table, a page, settings and tests that pass.

    \b
    Example: rtpy plugin new stock
    """
    from rtpy.plugincare.skeleton import write_package

    folder = write_package(name, into or config.home / "plugins")
    click.echo(f"The package is in {folder}; README.md says what is in it and how to test it.")
    if into is None:
        click.echo(f"Now: rtpy plugin enable {name}")


def _listed(config: Config) -> "tuple[str, ...]":
    """What rtpy.toml lists, also in safe mode."""
    return config.plugins or config.set_aside


def _state(config: Config, name: str) -> str:
    """Of a plugin that is listed: whether it can be loaded, and otherwise why not."""
    from rtpy.plugins import load_plugins

    try:
        load_plugins([name], defaults=(), folders=plugin_folders(config.home))
    except Invalid as problem:
        return str(problem)
    return "loaded" if config.plugins else "not loaded, safe mode"


def _take_off(config: Config, name: str) -> None:
    from rtpy.plugincare.listing import change_list

    _refuse_environment()
    listed = _listed(config)
    if name not in listed:
        raise click.ClickException(f"{name} is not on the list of {config.home / 'rtpy.toml'}.")
    change_list(config.home / "rtpy.toml", [each for each in listed if each != name])
    click.echo(f"{name} is off the list in {config.home / 'rtpy.toml'}.")


def _refuse_environment() -> None:
    if os.environ.get("RTPY_PLUGINS"):
        raise click.ClickException(
            "The environment variable RTPY_PLUGINS wins over rtpy.toml: change the list there."
        )


def _try(config: Config, names: "Sequence[str]", name: str) -> bool:
    """Does an app with these plugins start, and has the last one tables or first data? Raises ClickException."""
    from dataclasses import replace

    from rtpy.plugins import brought

    try:
        with open_app(replace(config, plugins=tuple(names), set_aside=()), as_it_is=True) as app:
            brings = {line.name for line in app.lines}
            return name in brings or any(
                owner == name for owner, _ in brought(app.plugins, "rtpy_initialdata")
            )
    except (Invalid, BadConfig) as wrong:
        raise click.ClickException(f"rtpy does not start with {name}: {wrong}") from wrong


def _together(config: Config, names: "tuple[str, ...]") -> "Finding":
    """Does an app start with all of them? The last is the one that is examined."""
    from rtpy.plugincare.doctor import Finding, Grade

    try:
        _try(config, names, names[-1])
    except click.ClickException as wrong:
        return Finding(Grade.BAD, "start", wrong.message)
    others = f" with {', '.join(names[:-1])}" if names[:-1] else ""
    return Finding(Grade.FINE, "start", f"rtpy starts with it{others}.")


@contextmanager
def _database(config: Config) -> "Iterator[Connection | None]":
    """A connection, if the site has a database that can be reached and has tables."""
    from dataclasses import replace

    from sqlalchemy.exc import OperationalError

    from rtpy.migrations.lines import CORE
    from rtpy.migrations.run import revision_of

    if config.database.url.startswith("sqlite:///") and not Path(config.database.url[10:]).is_file():
        yield None
        return
    with open_app(replace(config, plugins=(), plugin_settings=()), as_it_is=True) as app:
        try:
            connection = app.engine.connect()
        except OperationalError:
            yield None
            return
        with connection:
            yield connection if revision_of(connection, CORE) else None


def _drop_data(config: Config, name: str, yes: bool) -> None:
    from rtpy.migrations.lines import lines_of
    from rtpy.migrations.run import drop, revision_of
    from rtpy.plugins import load_plugins

    manager = load_plugins([name], defaults=(), folders=plugin_folders(config.home))
    line = next(iter(lines_of(manager)), None)
    with _database(config) as connection:
        if connection is None or line is None or revision_of(connection, line) is None:
            click.echo(f"{name} has no tables here.")
            return
        held = _rows(connection, line)
        if not yes:
            click.echo("Stop the web server and the worker first. This deletes for ever:")
            for table, rows in held.items():
                click.echo(f"  {table}: {rows} rows")
            click.confirm(f"Delete the tables of {name}?", abort=True)
        drop(connection, line)
        _forget_settings(connection, name)
        connection.commit()
    click.echo(f"The tables of {name} are deleted.")


def _rows(connection: "Connection", line: "Line") -> "dict[str, int]":
    from sqlalchemy import func, inspect, select, table

    names = sorted(filter(line.owns, inspect(connection).get_table_names()))
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _forget_settings(connection: "Connection", name: str) -> None:
    from sqlalchemy import delete

    from rtpy.initialdata.brought import MARK
    from rtpy.models import Configuration, HookDay, PluginSetting

    connection.execute(delete(PluginSetting).where(PluginSetting.plugin == name))
    connection.execute(delete(HookDay).where(HookDay.plugin == name))
    connection.execute(delete(Configuration).where(Configuration.name == MARK + name))
