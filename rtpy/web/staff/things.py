"""Articles and assets as links of tickets show them, and tickets beside an article or an asset."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.links.things import ARTICLE, ASSET
from rtpy.search.things import LinkedTicket, NamedThing, name_things
from rtpy.web.html import Html
from rtpy.web.staff.rows import status_badge


@dataclass(frozen=True, slots=True)
class ThingLink:
    """An article or an asset by name; `url` is None for what the reader may not see."""

    label: str
    url: str | None
    state: str = ""
    is_asset: bool = False


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket beside a thing."""

    id: int
    subject: str
    url: str
    status: Html
    updated: Html


def show_things(request: Request, uris: Collection[str]) -> dict[str, ThingLink]:
    """Of these URIs those that name articles and assets, by name.

    One query, none when none does, or when this request has asked for them before.
    """
    known: dict[str, NamedThing] = request.__dict__.setdefault("_named_things", {})
    known |= name_things(request.work, [uri for uri in uris if uri not in known])
    found = {}
    for uri, thing in ((uri, known[uri]) for uri in uris if uri in known):
        if thing.is_seen:
            url = request.route_path(f"{thing.kind}.display", id=thing.id)
            found[uri] = ThingLink(f"{thing.kind} {thing.name}", url, thing.state, thing.kind == ASSET)
        else:
            short = "a" if thing.kind == ARTICLE else thing.kind
            found[uri] = ThingLink(f"{short}:{thing.id}, not for you to see", None, "", thing.kind == ASSET)
    return found


def names_of_things(request: Request, uris: Collection[str]) -> dict[str, str]:
    """Of these URIs those of things that the reader may see, in words: “asset Laptop”. As `show_things`."""
    return {uri: link.label for uri, link in show_things(request, uris).items() if link.url is not None}


def ticket_lines(request: Request, tickets: Iterable[LinkedTicket]) -> list[TicketLine]:
    """Tickets as the pages of things list them."""
    return [
        TicketLine(
            each.id,
            each.subject or "(no subject)",
            request.route_path("ticket.display", id=each.id),
            status_badge(request.app, each.status),
            request.when(each.updated),
        )
        for each in tickets
    ]
