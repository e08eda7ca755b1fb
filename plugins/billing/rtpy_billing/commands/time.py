"""`rtpy time 4711 25m "what was done"`: logging work from a shell."""

import os
from typing import Any

import click

from rtpy.cli.site import open_app, site_options


@click.command("time", short_help="Log time on a ticket.")
@click.argument("ticket", metavar="TICKET")
@click.argument("duration", metavar="DURATION")
@click.argument("note", metavar="[NOTE]", default="")
@click.option("--user", metavar="NAME", help="Who worked (RTPY_USER). Needs the right LogTime.")
@click.option("--day", metavar="DATE", default="", help="When, such as 2026-03-31. Usually today.")
@click.option("--type", "kind", metavar="NAME", default="", help="Kind of work, such as Remote.")
@click.option("--customer-note", "note_customer", default="", help="What the customer reads on the invoice.")
@site_options
def log_time(
    config: Any,
    ticket: str,
    duration: str,
    note: str,
    user: str | None,
    day: str,
    kind: str,
    note_customer: str,
) -> None:
    """Log time on a ticket; `-` as TICKET stands for work on none. NOTE is internal.

    \b
    Examples: rtpy time 4711 25m "called back" --user ann
              rtpy time - 1h20 "team meeting" --user ann --day 2026-03-31
    """
    from rtpy.errors import RtpyError
    from rtpy.work import Face
    from rtpy_billing.capture.entries import log_work
    from rtpy_billing.capture.kinds import work_type_in
    from rtpy_billing.capture.reading import read_given

    name = user or os.environ.get("RTPY_USER", "")
    if not name:
        raise click.UsageError("Say who worked: --user NAME.")
    with open_app(config, uses_key=True) as app:
        try:
            with app.work() as system:
                work = system.as_actor(app.actor_named(system.db, name, Face.CLI))
                number = work_type_in(work, kind) if kind else None
                if kind and number is None:
                    raise click.UsageError(f"There is no kind of work named {kind}.")
                given = {
                    "ticket": "" if ticket == "-" else ticket,
                    "minutes": duration,
                    "worked_on": day,
                    "work_type": str(number or ""),
                    "note_internal": note,
                    "note_customer": note_customer,
                }
                entry = log_work(work, read_given(work, given, source="api")).entry
                minutes, worked_on, entry_id = entry.worked_seconds // 60, entry.worked_on, entry.id
        except RtpyError as problem:
            raise click.ClickException(str(problem)) from None
    where = "no ticket" if ticket == "-" else f"ticket #{ticket.removeprefix('#')}"
    click.echo(f"Entry {entry_id}: {minutes} minutes on {where}, {worked_on.isoformat()}.")
