"""`rtpy shredder`: tickets, people and files that go for good, and come back from a dump."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.models import User
    from rtpy.shredding.plan import Plan
    from rtpy.work import Work

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
DEADLOCK = "40P01"
MOST = 5_000
"""Tickets that are shredded at once."""

_yes = click.option("--yes", is_flag=True, help="Do it. Otherwise you only see what would go.")


@click.group()
def shredder() -> None:
    """Delete tickets, people or files with all that hangs on them, after a dump that can put them back.

    \b
    Example: rtpy shredder ticket 12 15 --yes
    """


@shredder.command()
@site_options
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
@click.option("--query", default="", help="All tickets that a search finds, instead of numbers.")
@_yes
def ticket(config: Config, numbers: Sequence[int], query: str, yes: bool) -> None:
    """Shred tickets with their history, mails, files, links, and tickets that were merged into them.

    \b
    Example: rtpy shredder ticket --query "Queue = 'Junk' AND Created < '2020-01-01'" --yes
    """
    if bool(numbers) == bool(query):
        raise click.UsageError("Give either numbers of tickets, or --query.")

    def plan(work: "Work") -> "Plan":
        from rtpy.shredding.shred import plan_tickets

        return plan_tickets(work, numbers or _found(work, query), lock=yes)

    _shred(config, plan, _named, yes=yes)


@shredder.command()
@site_options
@click.argument("name")
@click.option("--replace-with", metavar="NAME", help="Who stands in their place where somebody must.")
@_yes
def user(config: Config, name: str, replace_with: str | None, yes: bool) -> None:
    """Shred a person: account, history of it, roles. What they wrote stays, under another name.

    To fulfil a wish for privacy, `rtpy person anonymise` is the better tool.

    \b
    Example: rtpy shredder user spam@example.net --replace-with Nobody --yes
    """

    def plan(work: "Work") -> "Plan":
        from rtpy.changes.people import find_person
        from rtpy.errors import NotFound
        from rtpy.shredding.shred import plan_user

        found = [find_person(work.db, each) if each else None for each in (name, replace_with)]
        for wanted, person in zip((name, replace_with), found, strict=True):
            if wanted and person is None:
                raise NotFound(f"There is no user {wanted}.")
        assert found[0] is not None
        return plan_user(work, found[0], found[1], lock=yes)

    _shred(config, plan, lambda plan: f"user {plan.ids(_users())[0]}", yes=yes)


@shredder.command()
@site_options
@click.option("--larger-than", required=True, help="Bytes, or 500K, 10M, 1G.")
@click.option("--older-than", required=True, type=click.IntRange(min=0), help="Days since it was written.")
@_yes
def attachments(config: Config, larger_than: str, older_than: int, yes: bool) -> None:
    """Shred the bytes of large old files; their messages stay and say that there was one.

    \b
    Example: rtpy shredder attachments --larger-than 10M --older-than 730 --yes
    """
    size = re.fullmatch(r"(\d{1,15})\s*([KMG]?)B?", larger_than.strip(), re.IGNORECASE)
    if size is None:
        raise click.UsageError(
            f"“{larger_than}” is no size: write bytes, or a number with K, M or G, such as 10M."
        )

    def plan(work: "Work") -> "Plan":
        from rtpy.shredding.shred import plan_attachments

        return plan_attachments(work, int(size[1]) * _UNITS[size[2].upper()], older_than, lock=yes)

    _shred(config, plan, lambda plan: f"{len(plan.emptied)} files over {larger_than}", yes=yes)


@shredder.command()
@site_options
@click.argument("file", type=click.Path(path_type=Path))
def undo(config: Config, file: Path) -> None:
    """Put back what is in a dump, as far as its numbers are still free.

    \b
    Example: rtpy shredder undo var/shredded/20260302-090000-000000-ticket.jsonl
    """
    from rtpy.shredding.dump import read_dump
    from rtpy.shredding.undo import undo as put_back

    dump = read_dump(file)
    with open_app(config) as app, app.work() as work:
        rows = put_back(work, dump)
    click.echo(f"{rows} rows are back: {dump.header.get('what', '')}.")


def _shred(
    config: Config, plan: Callable[["Work"], "Plan"], name: Callable[["Plan"], str], *, yes: bool
) -> None:
    from rtpy.shredding.shred import shred

    with open_app(config) as app:
        with _after_others(), app.sessions() as db:
            work = app.work_in(db)
            planned = plan(work)
            if not planned.rows or not any(planned.rows.values()):
                click.echo("There is nothing of that kind. Nothing was changed.")
                return
            what = name(planned)
            for line in planned.summary():
                click.echo(f"{line.rows:>8} rows of {line.table} ({line.bytes} bytes)")
            for (table, column), noted in planned.changed.items():
                click.echo(f"{len(noted):>8} rows of {table.name} stay with another {column}")
            if not yes:
                click.echo(f"That would be {what}. Nothing was changed: say --yes to do it.")
                return
            file = shred(work, planned, what)
            db.commit()
    click.echo(f"Shredded {what}. To put it back: rtpy shredder undo {file}")


@contextmanager
def _after_others() -> Iterator[None]:
    """PostgreSQL ends one of two who wait for each other; here it says so in a sentence."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
        raise click.ClickException(
            "Others were changing the same things. Nothing was changed: try again."
        ) from error


def _users() -> "type[User]":
    from rtpy.models import User

    return User


def _named(plan: "Plan") -> str:
    from rtpy.models import Ticket

    ids = plan.ids(Ticket)
    told = ", ".join(map(str, ids[:20]))
    return (
        f"ticket{'s' if len(ids) > 1 else ''} {told}{f' and {len(ids) - 20} more' if len(ids) > 20 else ''}"
    )


def _found(work: "Work", query: str) -> list[int]:
    from rtpy.errors import Refused
    from rtpy.search.language.parser import parse
    from rtpy.search.run import Search, ids_query

    ids = list(work.db.scalars(ids_query(work, Search(node=parse(query).node)).limit(MOST + 1)))
    if len(ids) > MOST:
        raise Refused(f"The search finds more than {MOST} tickets: narrow it down. Nothing was changed.")
    return ids
