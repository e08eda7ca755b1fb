"""`rtpy migrate`: the database brought up to date, while the site runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.app import App
    from rtpy.migrations.planning import Planned


@click.command()
@site_options
@click.option("--plan", is_flag=True, help="Say what would be done and about how long it would take.")
@click.option(
    "--contract",
    is_flag=True,
    help="Take away too what older versions use: when none of them runs any more.",
)
@click.option(
    "--lock-timeout",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one try waits for a lock of PostgreSQL, while others wait behind it.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0, 86_400),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long it tries again to get a lock before it gives up.",
)
def migrate(config: Config, plan: bool, contract: bool, lock_timeout: float, patience: float) -> None:
    """Bring the tables of the database up to date, then those of the plugins.

    The site may run meanwhile. Stopped at any point and started again, it goes on where it was.

    \b
    Example: rtpy migrate --plan
             rtpy migrate --home /var/lib/rtpy
    """
    from rtpy.initialdata.brought import give_first_data
    from rtpy.migrations.patience import Patience
    from rtpy.migrations.run import upgrade

    with open_app(config, as_it_is=True) as app:
        if plan:
            _show_plan(app)
            return
        left = upgrade(
            app.engine, app.lines, contract=contract, patience=Patience(lock_timeout, patience, click.echo)
        )
        for name in give_first_data(app):
            click.echo(f"{name} has its first data.")
    if left:
        click.echo(
            f"The database is ready for this version. Left for later: {_many(len(left))}, by which what older versions "
            "use is taken away. Run `rtpy migrate --contract` when none of them runs any more."
        )
    else:
        click.echo("The database is up to date.")


def _show_plan(app: "App") -> None:
    from rtpy.migrations.lines import CORE
    from rtpy.migrations.planning import plan
    from rtpy.migrations.run import revision_of

    with app.engine.connect() as connection:
        if revision_of(connection, CORE) is None:
            raise click.ClickException("There is no database yet: run rtpy init.")
        planned = plan(connection, app.lines)
        connection.rollback()
    if not planned:
        click.echo("The database is up to date: there is nothing to do.")
        return
    for each in planned:
        click.echo(_line(each))
    known = [each.seconds for each in planned if each.seconds is not None]
    unsaid = "" if len(known) == len(planned) else ", and what cannot be told beforehand"
    click.echo(
        f"\n{_many(len(planned))} to do, about {_duration(sum(known))}{unsaid}: a guess from the number of rows."
    )
    _explain_contracts(planned)


def _explain_contracts(planned: "Sequence[Planned]") -> None:
    waiting = [each for each in planned if each.revision.waits]
    if waiting:
        click.echo(
            f"{_many(len(waiting))} of kind contract: `rtpy migrate` stops before the first of its line, "
            "`rtpy migrate --contract` goes on. Older versions must not run then."
        )


def _line(each: "Planned") -> str:
    revision = each.revision
    rows = ", ".join(f"{table} (about {count:,} rows)" for table, count in each.rows.items())
    took = "cannot be told beforehand" if each.seconds is None else f"about {_duration(each.seconds)}"
    half = "; begun, goes on where it stopped" if each.is_half_done else ""
    lines = [
        f"{revision.label}  {revision.declared or 'kind not said'}, {took}{half}",
        f"    {revision.sentence}",
    ]
    if rows:
        lines.append(f"    touches {rows}")
    return "\n".join(lines)


def _many(count: int) -> str:
    return "1 revision" if count == 1 else f"{count} revisions"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
