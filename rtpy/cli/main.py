"""The console script `rtpy`: names every command, and imports only the one that is called."""

import importlib
import os
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress

import click

from rtpy import __version__
from rtpy.config import BadConfig, load_config
from rtpy.errors import Invalid, Problem, RtpyError

COMMANDS = {
    "up": "Set up what is missing and start everything.",
    "init": "Make the database and its first contents.",
    "serve": "Run the web server alone.",
    "worker": "Run the background worker alone.",
    "migrate": "Bring the database up to date.",
    "mailgate": "Hand a mail on standard input to rtpy.",
    "lmtp": "Take mail from a mail server by LMTP.",
    "user": "Create, list and disable users; set passwords.",
    "token": "Create, list and revoke tokens of programs.",
    "ldap-import": "Bring people and groups of directories up to date.",
    "crontool": "Do something to all tickets that a search finds.",
    "attachments": "Verify the files of tickets, or move them to another store.",
    "backup": "Back up everything of a site into one file.",
    "restore": "Restore a site from a backup.",
    "copy-database": "Copy the database into one of another kind.",
    "index": "Bring search up to date, or read everything anew.",
    "demo": "Load or remove the sample consultancy.",
    "plugin": "List, enable, disable, check, make and remove plugins.",
    "load": "Make a set-up file true: queues, rights, fields, scrips …",
    "config": "Write the set-up out as such a file.",
    "validator": "Find what does not fit together in the database, and repair it.",
    "shredder": "Delete tickets, people or files for good, and put them back.",
    "person": "Give out or anonymise what is stored of a person.",
    "secret-key": "Say whether the key of this home is the site's, or make it so.",
    "check": "Check configuration, lifecycles and database.",
}
"""Every command with its one line of help; it lies in `rtpy.cli.NAME` under the same name, with `_` for `-`."""


class _Commands(click.Group):
    """A group that imports a command's module when it is needed: `rtpy --help` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        with suppress(Invalid):  # told by format_commands
            return [*COMMANDS, *_plugin_commands()]
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return _plugin_commands().get(cmd_name)
        module = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"rtpy.cli.{module}"), module)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        try:
            brought = [(name, command.get_short_help_str()) for name, command in _plugin_commands().items()]
        except Invalid as problem:
            formatter.write_paragraph()
            formatter.write_text(f"The commands of plugins are missing: {problem}")
            return
        if brought:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(brought)


def _plugin_commands() -> Mapping[str, click.Command]:
    """What the plugins bring that the usual configuration lists; nothing while that cannot be read.

    Raises Invalid when a plugin cannot be loaded, or takes the name of a command of rtpy.
    """
    try:
        config = load_config()
    except BadConfig:  # the command itself will say so
        return {}
    if not config.plugins:
        return {}
    from rtpy.installed import plugin_folders
    from rtpy.plugins import load_plugins

    group = click.Group()
    manager = load_plugins(config.plugins, defaults=(), folders=plugin_folders(config.home))
    manager.hook.rtpy_commands(cli=group)
    for name in group.commands:
        if name in COMMANDS:
            raise Invalid(Problem("plugins", f"A plugin brings the command {name}, which rtpy has itself."))
    return group.commands


def _enter_safe_mode() -> None:
    os.environ["RTPY_NO_PLUGINS"] = "1"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rtpy")
@click.option(
    "--no-plugins",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, option, given: _enter_safe_mode() if given else None,
    help="Safe mode: whatever follows loads no plugin.",
)
def rtpy() -> None:
    """A ticketing server in the manner of Request Tracker.

    \b
    Example: rtpy up --demo
    """


def main() -> None:
    """Run the command line; errors that people can act on are one sentence, without a traceback."""
    # Pyramid's import of pkg_resources: a line about it at every start is of no use to those who run a site.
    warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)
    try:
        rtpy(prog_name="rtpy")
    except BadConfig as error:
        click.echo(f"Error: The configuration cannot be used:\n{error}", err=True)
        sys.exit(1)
    except RtpyError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
