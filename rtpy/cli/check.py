"""`rtpy check`: is this site in order, and if not, what is wrong and what is the way out."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.checkup.finding import Finding


@click.command()
@site_options
@click.option("--net", is_flag=True, help="Call the mail server too, up to login; no mail is sent.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, for programs.")
def check(config: Config, net: bool, as_json: bool) -> None:
    """Look the site over before and after an upgrade; exits 1 when something is wrong.

    Settings, folders and who can read them, database, tables, clock, disk, plugins, directories, mail: a line for
    each, and the way out for what is wrong. Nothing is changed.

    \b
    Example: rtpy check --home /var/lib/rtpy
             rtpy check --net --json
    """
    from rtpy.checkup.finding import Grade

    found = []
    for finding in _look(config, net):
        found.append(finding)
        if not as_json:
            click.echo(
                f"{finding.grade.upper() if finding.grade is Grade.WRONG else finding.grade:6}{finding.line}"
            )
    bad = [finding for finding in found if finding.grade is Grade.WRONG]
    if as_json:
        import orjson

        document = {"in_order": not bad, "findings": [asdict(finding) for finding in found]}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    elif bad:
        click.echo(f"{len(bad)} thing{'' if len(bad) == 1 else 's'} wrong.", err=True)
    if bad:
        sys.exit(1)


def _look(config: Config, net: bool) -> "Iterator[Finding]":
    from rtpy.checkup.everything import look_over
    from rtpy.checkup.finding import wrong
    from rtpy.config import BadConfig
    from rtpy.errors import RtpyError

    try:
        with open_app(config, as_it_is=True) as app:  # plugins check their sections of the configuration
            yield from look_over(app, net=net)
    except BadConfig as bad:
        for problem in bad.problems:
            yield wrong("configuration", problem, "see the option in etc/rtpy.toml or the home's")
    except RtpyError as problem:
        yield wrong("start", str(problem).rstrip("."), "rtpy does not start until that is mended")
