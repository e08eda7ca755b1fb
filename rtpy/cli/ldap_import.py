"""`rtpy ldap-import`: people and groups of directories brought up to date in the foreground."""

import sys
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config
from rtpy.logs.start import start_logging

if TYPE_CHECKING:
    from rtpy.app import App

AT_ONCE = 500


@click.command("ldap-import")
@click.argument("name", required=False)
@click.option(
    "--dry-run", is_flag=True, help="Only print what would be done; the plan stands on the page too."
)
@click.option("--force", is_flag=True, help="However many people would be disabled or renamed.")
@site_options
def ldap_import(config: Config, name: str | None, dry_run: bool, force: bool) -> None:
    """Create, change and disable people and groups as the directory NAME says, or all enabled directories.

    A line is printed for each thing that is done, or would be. It ends with 1 when a directory could not be read, or
    when more would change than the directory's threshold allows: look at the lines, and say --force if they are right.

    \b
    Example: rtpy ldap-import --dry-run
    """
    start_logging(config)
    with open_app(config, uses_key=True) as app:
        good = [_import(app, each, dry_run=dry_run, force=force) for each in _wanted(app, name)]
    if not all(good):
        sys.exit(1)


def _wanted(app: "App", name: str | None) -> list[tuple[int, str]]:
    from sqlalchemy import func, select

    from rtpy.errors import NotFound
    from rtpy.models import UserDirectory

    query = select(UserDirectory.id, UserDirectory.name).order_by(UserDirectory.position, UserDirectory.id)
    if name is None:
        query = query.where(UserDirectory.disabled.is_(False))
    else:
        query = query.where(func.lower(UserDirectory.name) == name.lower())
    with app.work(reading=True) as work:
        found = [(row.id, row.name) for row in work.db.execute(query)]
    if not found:
        raise NotFound(f"There is no directory {name}." if name else "No directory is set up and enabled.")
    return found


def _import(app: "App", directory: tuple[int, str], *, dry_run: bool, force: bool) -> bool:
    """One directory; False when it did not come to its end."""
    from rtpy.errors import Conflict
    from rtpy.identity.directory_sync.due import note_end
    from rtpy.identity.directory_sync.lease import leased, make_sync_rows
    from rtpy.identity.directory_sync.runs import perform, start_run

    directory_id, name = directory
    make_sync_rows(app, {directory_id: 60})
    with leased(app, directory_id) as lease:
        if lease is None:
            raise Conflict(f"{name} is being synchronised just now: wait until that has ended.")
        with app.work() as work:
            run_id = start_run(work, directory_id, "command", only_plan=dry_run, forced=force).id
        state = perform(app, run_id, lease, tell=_tell if sys.stderr.isatty() else None)
        if not dry_run:
            with app.work() as work:
                note_end(work, directory_id, failed=state == "failed")
    _print(app, run_id, name)
    return state in ("done", "planned")


def _tell(done: int, total: int) -> None:
    click.echo(f"\r{done} of {total} lines", err=True, nl=done == total)


def _print(app: "App", run_id: int, name: str) -> None:
    """What was done or would be, as the page shows it."""
    from sqlalchemy import select

    from rtpy.identity.directory_sync.steps import read_words, said
    from rtpy.models import DirectoryRun, DirectoryRunLine

    after = 0
    with app.work(reading=True) as work:
        run = work.db.get_one(DirectoryRun, run_id)
        while True:
            lines = work.db.scalars(
                select(DirectoryRunLine)
                .where(DirectoryRunLine.run_id == run_id, DirectoryRunLine.id > after)
                .order_by(DirectoryRunLine.id)
                .limit(AT_ONCE)
            ).all()
            for line in lines:
                text = said(line.deed, line.name, line.before, line.after)
                mark = f"{line.state}: " if line.state in ("failed", "skipped") else ""
                click.echo(f"  {mark}{text}{f' – {line.problem}' if line.problem else ''}")
            if not lines:
                break
            after = lines[-1].id
        word = {
            "done": "done",
            "planned": "planned, nothing was changed",
            "waiting": "stopped before anything was changed",
            "failed": "failed",
        }.get(run.state, run.state)
        total = sum(run.counts.values())
        lines_said = "1 line" if total == 1 else f"{total:,} lines"
        click.echo(f"{name}: {read_words(run.people, run.groups)}, {lines_said}: {word}.")
        if run.problem:
            click.echo(f"{name}: {run.problem}", err=True)
        if run.state == "waiting":
            click.echo(f"{name}: say --force if this is right, or agree on the page of the run.", err=True)
