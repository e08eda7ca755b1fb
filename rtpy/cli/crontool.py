"""`rtpy crontool`: search tickets, ask a condition, do an action, as RT's rt-crontool does."""

from collections.abc import Sequence

import click

from rtpy.cli.site import open_app, site_options, start_logging
from rtpy.config import Config

PREFIXES = ("RT::Search::", "RT::Condition::", "RT::Action::")
SEARCHES = ("ActiveTicketsInQueue", "Simple", "Filters")
FILTERS = "type, statuses, queue, owner, organization, overdue, untouched_hours, due_within_hours, words"


@click.command()
@site_options
@click.option(
    "--search", required=True, metavar="NAME", help=f"{', '.join(SEARCHES)}; RT::Search:: may stand before."
)
@click.option(
    "--search-arg", default="", metavar="TEXT", help="A queue; words of a subject; or NAME=VALUE;NAME=VALUE."
)
@click.option(
    "--condition",
    default="",
    metavar="NAME",
    help="A kind such as Overdue; RT::Condition:: may stand before.",
)
@click.option("--condition-arg", default="", metavar="TEXT", help="Its argument.")
@click.option(
    "--action",
    "actions",
    multiple=True,
    required=True,
    metavar="NAME",
    help="A kind; several are done in order.",
)
@click.option("--action-arg", "arguments", multiple=True, metavar="TEXT", help="The argument of each action.")
@click.option("--template", default="", metavar="NAME", help="For actions that send mail.")
@click.option(
    "--transaction", default="", metavar="WHICH", help="first, last or all: what the action is about."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--verbose", "-v", is_flag=True, help="Name the tickets to which nothing is done, too.")
def crontool(
    config: Config,
    search: str,
    search_arg: str,
    condition: str,
    condition_arg: str,
    actions: Sequence[str],
    arguments: Sequence[str],
    template: str,
    transaction: str,
    dry_run: bool,
    verbose: bool,
) -> None:
    """Do something to all tickets that a search finds, once, as the system.

    The search Filters takes what schedules take: type, statuses, queue, owner, organization, overdue, untouched_hours,
    due_within_hours, words. Ends with 1 when an action failed on a ticket.

    \b
    Example: rtpy crontool --search RT::Search::ActiveTicketsInQueue --search-arg General \\
               --condition RT::Condition::Overdue --action RT::Action::SetPriority --action-arg 99
    """
    from rtpy.errors import Invalid, Problem
    from rtpy.schedules.doing import DONE, FAILED, PICKS, SKIPPED, Deed, Result, do_deed, try_deed
    from rtpy.schedules.running import holding
    from rtpy.schedules.saving import check_deed, read_selection
    from rtpy.search.selection import selected

    start_logging(config)
    if transaction and transaction not in PICKS:
        raise click.UsageError("--transaction is first, last or all.")
    deeds = [
        Deed(
            "crontool",
            _kind(name),
            arguments[number] if number < len(arguments) else "",
            _kind(condition),
            condition_arg,
            template,
            transaction,
        )
        for number, name in enumerate(actions)
    ]
    counts = {DONE: 0, SKIPPED: 0, FAILED: 0}

    def tell(results: Sequence[Result]) -> None:
        for each in results:
            counts[each.outcome] += 1
            if verbose or each.outcome != SKIPPED:
                told = f" (mail to {', '.join(each.told)})" if each.told else ""
                click.echo(f"#{each.ticket_id} {each.subject}: {each.outcome}: {each.reason}{told}")

    with open_app(config) as app:
        with app.work() as work:
            problems: list[Problem] = []
            for deed in deeds:
                check_deed(work, deed, problems)
            selection = read_selection(work, _filters(search, search_arg), problems)
            if problems:
                raise Invalid(*problems)
            active = work.app.lifecycles.active_statuses()
            found = selected(work.db, selection, active=active, now=work.now)
            held, failed = holding(work, found, deeds[0])
            tell(failed)
            counts[SKIPPED] += len(found) - len(held) - len(failed)
            if dry_run:
                for deed in deeds:
                    tell(try_deed(work, held, deed))
        if not dry_run:
            for ticket_id in held:
                with app.work() as work:
                    tell([do_deed(work, ticket_id, deed) for deed in deeds])
    click.echo(
        f"{'Dry run: ' if dry_run else ''}{len(found)} found, {counts[DONE]} done, {counts[SKIPPED]} skipped, "
        f"{counts[FAILED]} failed."
    )
    if counts[FAILED]:
        raise SystemExit(1)


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
    if kind != "Filters":
        raise click.UsageError(f"There is no search {search}: use {', '.join(SEARCHES)}.")
    values = {}
    for piece in filter(None, (piece.strip() for piece in argument.split(";"))):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not equals or name not in FILTERS.split(", "):
            raise click.UsageError(f"“{piece}” is no filter: write NAME=VALUE with one of {FILTERS}.")
        values[name] = value
    return values
