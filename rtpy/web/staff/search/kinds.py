"""What the search page can look for: tickets, assets, articles, and the entries of tickets' histories."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.rights.names import Right
from rtpy.search.searched import Target
from rtpy.web.shown import Link


@dataclass(frozen=True, slots=True)
class SearchKind:
    """One of them, as the page speaks of it.

    `saved` is its name among saved searches. `query` and `order` are those of a search that says nothing, `example`
    is one to learn from. Without the right `menu` it is not offered.
    """

    kind: Target
    title: str
    one: str
    many: str
    language: str
    saved: str
    about: str
    example: str
    order: tuple[tuple[str, str], ...]
    query: str = ""
    menu: Right | None = None


KINDS: Mapping[Target, SearchKind] = {
    each.kind: each
    for each in (
        SearchKind(
            Target.TICKETS,
            "Tickets",
            "ticket",
            "tickets",
            "TicketSQL",
            "ticket",
            "About the ticket",
            "Owner = '__CurrentUser__' AND Due < 'tomorrow'",
            (("LastUpdated", "DESC"),),
        ),
        SearchKind(
            Target.ASSETS,
            "Assets",
            "asset",
            "assets",
            "AssetSQL",
            "asset",
            "About the asset",
            "Catalog = 'Machines' AND HeldBy = 'jo@example.com'",
            (("Name", "ASC"),),
            menu=Right.SHOW_ASSETS_MENU,
        ),
        SearchKind(
            Target.ARTICLES,
            "Articles",
            "article",
            "articles",
            "the query language",
            "article",
            "About the article",
            "Class = 'FAQ' AND Content LIKE 'printer'",
            (("Name", "ASC"),),
            menu=Right.SHOW_ARTICLES_MENU,
        ),
        SearchKind(
            Target.TRANSACTIONS,
            "History",
            "entry",
            "entries",
            "TransactionSQL",
            "transaction",
            "About the entry",
            "Type = 'Correspond' AND Creator = '__CurrentUser__'",
            (("id", "DESC"),),
            query="Created > 'today'",
        ),
    )
}
"""In the order in which they are offered."""
_NAMES = {
    name: kind
    for kind, each in KINDS.items()
    for name in (kind.value, each.saved, f"rt::{kind.value}", f"rt::{each.saved}")
}


def kind_in(given: Mapping[str, str]) -> Target:
    """What `Class` in an address or a form asks for, in our words or RT's (`RT::Transactions`); tickets as a rule."""
    return _NAMES.get(given.get("Class", "").lower(), Target.TICKETS)


def kind_links(request: Request, now: Target) -> tuple[Link, ...]:
    """All that the reader may look for, for the top of the page."""
    path = request.route_path("search.results")
    return tuple(
        Link(each.title, path if kind is Target.TICKETS else f"{path}?Class={kind}", current=kind is now)
        for kind, each in KINDS.items()
        if kind is now or each.menu is None or request.work.rights.system(each.menu)
    )
