"""`rtpy crontool`: search tickets, ask a condition, do actions, as RT's rt-crontool does."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config
from rtpy.logs.start import start_logging

if TYPE_CHECKING:
    from rtpy.errors import Problem
    from rtpy.schedules.doing import Deed, Result
    from rtpy.work import Work

PREFIXES = ("RT::Search::", "RT::Condition::", "RT::Action::")
SEARCHES = ("ActiveTicketsInQueue", "Simple", "FromSQL", "Filters")
FILTERS = (
    "type, statuses, queue, owner, organization, overdue, untouched_hours, due_within_hours, words, query"
)
PICKS = ("first", "last", "all")
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "alert": logging.CRITICAL,
    "emergency": logging.CRITICAL,
}
"""RT's levels of the log, and ours."""
MOST_TICKETS = 1_000_000


@click.command()
@site_options
@click.option(
    "--search", required=True, metavar="NAME", help=f"{', '.join(SEARCHES)}; RT::Search:: may stand before."
)
@click.option(
    "--search-arg",
    "--search-argument",
    default="",
    metavar="TEXT",
    help="A queue; words of a subject; or NAME=VALUE;NAME=VALUE.",
)
@click.option(
    "--condition",
    default="",
    metavar="NAME",
    help="A kind such as Overdue; RT::Condition:: may stand before.",
)
@click.option("--condition-arg", "--condition-argument", default="", metavar="TEXT", help="Its argument.")
@click.option(
    "--action",
    "actions",
    multiple=True,
    required=True,
    metavar="NAME",
    help="A kind; several are done in order.",
)
@click.option(
    "--action-arg",
    "--action-argument",
    "arguments",
    multiple=True,
    metavar="TEXT",
    help="The argument of each action.",
)
@click.option("--template", default="", metavar="NAME", help="For actions that send mail.")
@click.option(
    "--transaction",
    type=click.Choice(PICKS, case_sensitive=False),
    help="Which of a ticket's transactions condition and actions are about; else they are about the ticket.",
)
@click.option(
    "--transaction-type",
    "types",
    multiple=True,
    metavar="TYPES",
    help="Only transactions of these types, such as Create,Correspond; with --transaction.",
)
@click.option(
    "--reload-ticket",
    is_flag=True,
    expose_value=False,
    help="As in RT; it changes nothing, since each action sees what those before it did.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--verbose", "-v", is_flag=True, help="Name the tickets to which nothing is done too, and why.")
@click.option(
    "--log",
    "level",
    type=click.Choice(list(LEVELS), case_sensitive=False),
    help="How much of the log goes to standard error, instead of what the configuration says.",
)
def crontool(
    config: Config,
    search: str,
    search_arg: str,
    condition: str,
    condition_arg: str,
    actions: Sequence[str],
    arguments: Sequence[str],
    template: str,
    transaction: str | None,
    types: Sequence[str],
    dry_run: bool,
    verbose: bool,
    level: str | None,
) -> None:
    """Do something to all tickets that a search finds, once, as the system.

    The search Filters takes what schedules take: type, statuses, queue, owner, organization, overdue, untouched_hours,
    due_within_hours, words. The condition is asked once of each ticket (or transaction), then all actions are done, or
    none of them when one fails. Ends with 1 when something failed on a ticket.

    \b
    Example: rtpy crontool --search RT::Search::ActiveTicketsInQueue --search-arg General \\
               --condition RT::Condition::Overdue --action RT::Action::SetPriority --action-arg 99
    """
    from rtpy.schedules.doing import Deed

    if types and not transaction:
        raise click.UsageError("--transaction-type goes with --transaction: say first, last or all of them.")
    if len(arguments) > len(actions):
        raise click.UsageError("There are more --action-arg than --action.")
    start_logging(config)
    if level:
        logging.getLogger().setLevel(LEVELS[level.lower()])
    done = [
        (_kind(name), arguments[number] if number < len(arguments) else "")
        for number, name in enumerate(actions)
    ]
    deed = Deed(
        "crontool",
        *done[0],
        _kind(condition),
        condition_arg,
        template,
        transaction or "",
        types=tuple(name.strip() for names in types for name in names.split(",") if name.strip()),
        further=tuple(done[1:]),
    )
    _run(config, deed, search, search_arg, dry_run=dry_run, verbose=verbose)


def _run(config: Config, deed: "Deed", search: str, argument: str, *, dry_run: bool, verbose: bool) -> None:
    from rtpy.schedules.doing import DONE, FAILED, SKIPPED, do_deed, try_deed
    from rtpy.schedules.running import holding

    counts = {DONE: 0, SKIPPED: 0, FAILED: 0}

    def tell(results: "Sequence[Result]") -> None:
        for each in results:
            counts[each.outcome] += 1
            if verbose or each.outcome != SKIPPED:
                told = f" (mail to {', '.join(each.told)})" if each.told else ""
                click.echo(f"#{each.ticket_id} {each.subject}: {each.outcome}: {each.reason}{told}")

    with open_app(config, uses_key=True) as app:
        with app.work() as work:
            found = _find(work, deed, search, argument)
            held, others = holding(work, found, deed)
            tell(others)
            if dry_run:
                tell(try_deed(work, held, deed))
        if not dry_run:
            for ticket_id in held:
                with app.work() as work:
                    tell([do_deed(work, ticket_id, deed)])
    click.echo(
        f"{'Dry run: ' if dry_run else ''}{len(found)} found, {counts[DONE]} done, {counts[SKIPPED]} skipped, "
        f"{counts[FAILED]} failed."
    )
    if counts[FAILED]:
        raise SystemExit(1)


def _find(work: "Work", deed: "Deed", search: str, argument: str) -> list[int]:
    """The tickets. Raises Invalid for whatever the search or the deed names that is not there."""
    from dataclasses import replace

    from rtpy.errors import Invalid
    from rtpy.schedules.saving import check_deed, read_selection
    from rtpy.search.selection import selected

    problems: list[Problem] = []
    for name, given in deed.actions:
        check_deed(work, replace(deed, action=name, action_argument=given), problems)
    selection = read_selection(work, _filters(search, argument), problems)
    if problems:
        raise Invalid(*dict.fromkeys(problems))
    return selected(work, selection, limit=MOST_TICKETS)


def _kind(name: str) -> str:
    """RT's module name as the name of a kind."""
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _filters(search: str, argument: str) -> dict[str, str]:
    kind = _kind(search)
    if kind == "ActiveTicketsInQueue":
        if not argument.strip():
            raise click.UsageError("--search-arg names the queue.")
        return {"queue": argument}
    if kind == "Simple":
        return {"words": argument}
    if kind == "FromSQL":
        if not argument.strip():
            raise click.UsageError("--search-arg is the query.")
        return {"query": argument, "statuses": "any"}  # RT finds closed ones, too
    if kind != "Filters":
        raise click.UsageError(f"There is no search {search}: use {', '.join(SEARCHES)}.")
    values = {}
    for piece in filter(None, (piece.strip() for piece in argument.split(";"))):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not equals or name not in FILTERS.split(", "):
            raise click.UsageError(f"“{piece}” is no filter: write NAME=VALUE with one of {FILTERS}.")
        values[name] = value
    return values
