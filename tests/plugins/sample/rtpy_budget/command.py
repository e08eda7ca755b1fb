"""`rtpy over-budget`."""

import click

from rtpy.cli.site import open_app, site_options


@click.command("over-budget", short_help="List tickets over their budget.")
@site_options
def over_budget(config):
    """List the tickets that took more minutes than their budget.

    \b
    Example: rtpy over-budget
    """
    from rtpy_budget.report import lines

    with open_app(config) as app, app.work(reading=True) as work:
        for line in lines(app, work.db) or ["No ticket is over its budget."]:
            click.echo(line)
