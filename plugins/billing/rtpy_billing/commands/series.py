"""`rtpy billing series` and `rtpy billing advance-series`: numbers of documents, after a restore."""

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config


@click.group("billing", short_help="Numbers of invoices.")
def billing() -> None:
    """Look after the numbers of invoices and credit notes."""


@billing.command("series", short_help="List the series of numbers.")
@site_options
def list_series(config: Config) -> None:
    """List each series with its next number, and the numbers that no document has.

    \b
    Example: rtpy billing series
    """
    from sqlalchemy import select

    from rtpy_billing.invoicing.numbering import gaps_of
    from rtpy_billing.models import Seller, Series
    from rtpy_billing.setting_up.series import KINDS, written

    with open_app(config) as app, app.work(reading=True) as work:
        rows = work.db.execute(
            select(Series, Seller.name).join(Seller, Seller.id == Series.seller_id).order_by(Series.id)
        ).all()
        for series, seller in rows:
            year = series.year or work.now.year
            comes = written(series.pattern, year, series.next_number)
            click.echo(
                f"{series.id}  {seller}, {KINDS[series.kind]} {series.year or 'of all years'}: next is {comes}"
            )
            for number in gaps_of(work, series):
                click.echo(f"   no document has {number}")
        if not rows:
            click.echo("Nothing was issued yet.")


@billing.command("advance-series", short_help="Go on behind numbers that were given after a backup.")
@click.argument("series_id", type=click.IntRange(1), metavar="SERIES")
@click.argument("number", type=click.IntRange(1))
@site_options
def advance(config: Config, series_id: int, number: int) -> None:
    """Let SERIES go on at NUMBER, and list the numbers in between.

    After a restore, invoices that were issued since the backup are unknown here, but their numbers are given: look up
    the last one in the books or in mails, and go on with the one after it. The list is for the tax office.

    \b
    Example: rtpy billing advance-series 1 48
    """
    from rtpy.errors import RtpyError
    from rtpy_billing.invoicing.numbering import advance_series
    from rtpy_billing.models import Series

    try:
        with open_app(config) as app, app.work() as work:
            series = work.db.get(Series, series_id)
            if series is None:
                raise click.ClickException(
                    f"There is no series {series_id}; `rtpy billing series` lists them."
                )
            gap = advance_series(work, series, number)
    except RtpyError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{len(gap)} numbers are left out; whose they are must be proved by what was sent:")
    for each in gap:
        click.echo(each)
