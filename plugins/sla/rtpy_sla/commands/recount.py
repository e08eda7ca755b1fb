"""`rtpy sla recount`: clocks worked out again, and what would change. `rtpy sla imported`: tickets from elsewhere."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy_sla.clocks.difference import Difference

BATCH = 250
SHOWN = 50


@click.group("sla", short_help="Clocks of service levels.")
def sla() -> None:
    """Look after the clocks of service levels."""


@sla.command("recount", short_help="Work clocks out again, and say what differs.")
@click.option("--closed", is_flag=True, help="Closed tickets too.")
@click.option("--query", metavar="QUERY", default="", help="Only tickets that this search finds.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only tickets that were made on this date or later."
)
@click.option("--apply", is_flag=True, help="Write it. Without this nothing is changed.")
@click.option("--lines", type=click.IntRange(0), default=SHOWN, help="How many differences are listed.")
@site_options
def recount(
    config: Config, closed: bool, query: str, since: datetime | None, apply: bool, lines: int
) -> None:
    """Work out clocks from the histories of their tickets, and say what comes out otherwise than it is on record.

    That happens when a calendar was wrong and was put right, for the past is never changed by itself.
    With --apply it is written, what was missed included, and stands in the log of the configuration.

    \b
    Examples: rtpy sla recount
              rtpy sla recount --closed --since 2026-01-01 --apply
    """
    from rtpy.changes.configuring import note_configuration
    from rtpy.errors import RtpyError
    from rtpy.garbage import collect_seldom
    from rtpy.search.language.error import QueryError
    from rtpy_sla.following.recalculating import tickets_to_work_out, work_out_again

    begin = since.replace(tzinfo=UTC) if since else None
    changes: Counter[tuple[str, str, str]] = Counter()
    tickets: set[int] = set()
    shown = 0
    with open_app(config) as app:
        collect_seldom()
        try:
            with app.work(reading=True) as work:
                ids = tickets_to_work_out(work, closed=closed, query=query, since=begin)
        except (QueryError, RtpyError) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        with _telling(len(ids)) as tell:
            for start in range(0, len(ids), BATCH):
                with app.work(reading=not apply) as work:
                    found = work_out_again(work, ids[start : start + BATCH], write=apply)
                tell(min(start + BATCH, len(ids)))
                for each in found:
                    tickets.add(each.ticket_id)
                    difference = each.difference
                    changes.update(_kinds(difference))
                    if shown < lines:
                        click.echo(f"#{each.ticket_id}  {_line(difference)}")
                        shown += 1
        total = sum(changes.values())
        if apply and total:
            with app.work() as work:
                said = {"tickets": len(tickets), "clocks": total, "query": query, "closed": closed}
                note_configuration(work, "sla_recount", None, "clocks worked out again", None, said)
    if total > shown:
        click.echo(f"… and {total - shown} more.")
    for (target, what, became), number in sorted(changes.items()):
        click.echo(f"{number:8,}  {target.replace('_', ' ')}: {what}{f' {became}' if became else ''}")
    done = "were changed" if apply else "would change; --apply writes it"
    click.echo(f"{len(ids):,} tickets worked out, {total:,} clocks of {len(tickets):,} tickets {done}.")


@sla.command("imported", short_help="Let clocks of imported tickets begin now.")
@click.argument("query", metavar="QUERY")
@site_options
def imported(config: Config, query: str) -> None:
    """Say of the tickets that QUERY finds that their history up to now was brought in from elsewhere.

    Nothing of it counts then; what is still owed begins to count now.

    \b
    Example: rtpy sla imported "Created < '2026-01-01'"
    """
    from sqlalchemy import select

    from rtpy.changes.pipeline import change_ticket
    from rtpy.errors import RtpyError
    from rtpy.models import Ticket
    from rtpy.search.language.error import QueryError
    from rtpy.search.language.parser import parse
    from rtpy.search.run import Search, find_all
    from rtpy_sla.following.changes import MarkImported

    with open_app(config) as app:
        try:
            with app.work(reading=True) as work:
                ids = find_all(work, Search(node=parse(query).node))
        except (QueryError, RtpyError) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        with _telling(len(ids)) as tell:
            for start in range(0, len(ids), BATCH):
                with app.work() as work:
                    some = ids[start : start + BATCH]
                    for ticket in work.db.scalars(
                        select(Ticket).where(Ticket.id.in_(some)).order_by(Ticket.id)
                    ):
                        change_ticket(work, ticket, MarkImported())
                tell(min(start + BATCH, len(ids)))
    click.echo(f"{len(ids):,} tickets were marked.")


def _kinds(difference: "Difference") -> list[tuple[str, str, str]]:
    verdict = next((each for each in difference.changes if each.name == "verdict"), None)
    target, kind = difference.target.value, difference.kind.value
    if verdict is None or verdict.before is None or verdict.after is None:
        return [(target, kind, "")]
    return [(target, f"{verdict.before} becomes", str(verdict.after))]


def _line(difference: "Difference") -> str:
    said = ", ".join(
        f"{each.name} {_value(each.before)} → {_value(each.after)}" for each in difference.changes
    )
    return f"{difference.target.value.replace('_', ' ')} {difference.cycle} ({difference.kind.value}): {said}"


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "-" if value is None else str(value)


@contextmanager
def _telling(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, elsewhere a line for each tenth; takes how many tickets are done."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Tickets", total=total or None)
            yield lambda done: bar.update(task, completed=done)
        return
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        if total and done * 10 // total > told:
            told = done * 10 // total
            click.echo(f"Tickets: {told * 10} %", err=True)

    yield tell
