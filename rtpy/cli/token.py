"""`rtpy token`: tokens with which programs log in, from the command line."""

from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from rtpy.models import User


@click.group()
def token() -> None:
    """Create, list and revoke tokens of programs.

    \b
    Example: rtpy token create monitoring "disks" --scope write --queue Servers
    """


@token.command()
@site_options
@click.argument("user")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "write", "admin"]),
    default="read",
    show_default=True,
    help="What it may do, within the rights of the user.",
)
@click.option("--queue", "queues", multiple=True, help="Only in this queue; may be given several times.")
@click.option("--days", type=int, default=365, show_default=True, help="Days after which it ends.")
@click.option("--never-ends", is_flag=True, help="It ends when it is revoked (rest.longest_token_days = 0).")
def create(
    config: Config, user: str, name: str, scope: str, queues: tuple[str, ...], days: int, never_ends: bool
) -> None:
    """Make a token with which a program calls in the name of USER; it is printed once.

    \b
    Example: rtpy token create monitoring "disks" --scope write --queue Servers --days 90
    """
    from rtpy.identity.issuing import issue_token
    from rtpy.identity.scopes import Level, Scope

    with open_app(config, uses_key=True) as app, app.work() as work:
        found = _find(work.db, user)
        limit = frozenset(_queue_id(work.db, each) for each in queues) or None
        text, row = issue_token(work, found, name, Scope(Level(scope), limit), None if never_ends else days)
        ends = row.expires
    click.echo(text)
    until = f"until {ends:%Y-%m-%d}" if ends else "until it is revoked"
    click.echo(f"This is shown once. It is good for {found.name} {until}.", err=True)


@token.command(name="list")
@site_options
@click.argument("user")
def list_tokens(config: Config, user: str) -> None:
    """List the tokens of USER: what they may do, until when, and when they were used last.

    \b
    Example: rtpy token list monitoring
    """
    from rich.console import Console
    from rich.table import Table

    from rtpy.identity.issuing import tokens_of

    table = Table("number", "name", "scope", "queues", "ends", "last used", "from")
    with open_app(config) as app, app.reading_sessions() as db:
        for line in tokens_of(db, _find(db, user).id, app.clock.now()):
            table.add_row(
                str(line.id),
                line.name,
                str(line.level),
                ", ".join(line.queues) if line.queues is not None else "all",
                ("over" if line.is_over else f"{line.expires:%Y-%m-%d}") if line.expires else "never",
                f"{line.last_used:%Y-%m-%d %H:%M} UTC" if line.last_used else "never",
                line.last_peer,
            )
    Console().print(table)


@token.command()
@site_options
@click.argument("user")
@click.argument("number", type=click.IntRange(1, 2**62), required=False)
@click.option("--all", "every", is_flag=True, help="All tokens of the user.")
def revoke(config: Config, user: str, number: int | None, every: bool) -> None:
    """End the token of USER with that NUMBER (see `rtpy token list`): it opens nothing any more.

    \b
    Example: rtpy token revoke monitoring 12
    """
    from rtpy.identity.issuing import revoke_token, revoke_tokens_of

    if every == (number is not None):
        raise click.UsageError("Give the number of a token, or --all.")
    with open_app(config, uses_key=True) as app, app.work() as work:
        found = _find(work.db, user)
        if number is not None:
            revoke_token(work, found, number)
            ended = 1
        else:
            ended = revoke_tokens_of(work, found)
    click.echo(f"{ended} token{'' if ended == 1 else 's'} revoked.")


def _find(db: "Session", name: str) -> "User":
    from rtpy.changes.people import find_person
    from rtpy.errors import NotFound

    found = find_person(db, name)
    if found is None:
        raise NotFound(f"There is no user {name}.")
    return found


def _queue_id(db: "Session", name: str) -> int:
    from sqlalchemy import func, select

    from rtpy.errors import NotFound
    from rtpy.models import Queue

    found = db.scalar(select(Queue.id).where(func.lower(Queue.name) == name.strip().lower()))
    if found is None:
        raise NotFound(f"There is no queue {name}.")
    return found
