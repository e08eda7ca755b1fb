"""Columns by what is searched: tickets, assets, articles, transactions; each with names, a page, usual ones."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from rtpy.customfields.kinds import Lookup
from rtpy.search.columns import articles, assets, transactions
from rtpy.search.columns.column import CannotShow, Column
from rtpy.search.columns.custom_fields import thing_field_column
from rtpy.search.columns.named import FIELD, all_names, called_in, column_named
from rtpy.search.columns.page import TicketPage
from rtpy.search.columns.things import Columns, ThingPage, column_among, unknown
from rtpy.search.compiling.custom_roles import roles_seen
from rtpy.search.searched import Target
from rtpy.work import Work

_ROLE = re.compile(r"CustomRole\.(?:\{([^{}]+)\}|([^.{}]+))", re.IGNORECASE | re.DOTALL)
Page = TicketPage | ThingPage


@dataclass(frozen=True, slots=True)
class Showing:
    """How results of one kind are shown.

    `named` finds a column (raises CannotShow), `names` are those without a dot, `page` reads what its columns tell of
    things of these ids that the reader may see. `usual` is the format of who says nothing.
    """

    named: Callable[[Work, str], Column]
    names: Callable[[Work], tuple[str, ...]]
    page: Callable[[Work, Sequence[int], ZoneInfo], Page]
    usual: str
    lookup: Lookup
    """Of the custom fields that it has."""


def showing_of(kind: Target) -> Showing:
    """How results of this kind are shown."""
    return _SHOWING[kind]


def _asset_column(work: Work, name: str) -> Column:
    role = _ROLE.fullmatch(name)
    if role is None:
        return _thing_column(work, name, assets.COLUMNS, assets.ALIASES, Lookup.ASSET)
    called = (role[1] or role[2]).strip()
    for number, title in roles_seen(work, "asset", by_role=True):
        if title.lower() == called.lower() or str(number) == called:
            return assets.custom_role_column(f"CustomRole.{{{title}}}", title, number)
    close = get_close_matches(called[:60], [title for _, title in roles_seen(work, "asset")], n=3)
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    raise CannotShow(f"There is no custom role {called[:60]}.{meant}")


def _thing_column(
    work: Work, name: str, columns: Columns, aliases: Mapping[str, str], lookup: Lookup
) -> Column:
    found = column_among(columns, aliases, name)
    if found is not None:
        return found
    field = FIELD.fullmatch(name)
    if field:
        return thing_field_column(work, lookup, called_in(field))
    raise unknown(columns, name)


_SHOWING: Mapping[Target, Showing] = {
    Target.TICKETS: Showing(
        column_named,
        all_names,
        TicketPage,
        """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__id__</a></b>', """
        """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__Subject__</a></b>', """
        "Requestors, Status, Priority, Owner, QueueName, LastUpdatedRelative, DueRelative",
        Lookup.TICKET,
    ),
    Target.ASSETS: Showing(
        _asset_column,
        lambda _work: tuple(assets.COLUMNS),
        assets.AssetPage,
        assets.USUAL,
        Lookup.ASSET,
    ),
    Target.ARTICLES: Showing(
        lambda work, name: _thing_column(work, name, articles.COLUMNS, articles.ALIASES, Lookup.ARTICLE),
        lambda _work: tuple(articles.COLUMNS),
        articles.ArticlePage,
        articles.USUAL,
        Lookup.ARTICLE,
    ),
    Target.TRANSACTIONS: Showing(
        lambda work, name: _thing_column(
            work, name, transactions.COLUMNS, transactions.ALIASES, Lookup.TRANSACTION
        ),
        lambda _work: tuple(transactions.COLUMNS),
        transactions.TransactionPage,
        transactions.USUAL,
        Lookup.TRANSACTION,
    ),
}
