"""The assets that a ticket is about: linked by number or by words; those of its requestors and organisation offered."""

from collections.abc import Iterable

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.errors import Conflict, Refused
from rtpy.http.resources import TicketResource
from rtpy.links.things import ASSET, asset_uri
from rtpy.models import Link as StoredLink
from rtpy.models import Watcher
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.search.assets import AssetFilter, list_assets
from rtpy.search.things import NamedThing, name_things
from rtpy.web.shown import Link
from rtpy.web.staff.asset.list import AssetLine, show_lines
from rtpy.web.staff.forms import number_in, texts_of

OFFERED = 10


@view_config(
    route_name="ticket.assets",
    request_method="GET",
    renderer="staff/asset/ticket.pt",
    permission=Right.SHOW_TICKET,
)
def show_ticket_assets(resource: TicketResource, request: Request) -> dict[str, object]:
    """What is linked, what may be meant, and with `?q=` what is found."""
    ticket, path, work = resource.ticket, request.route_path, resource.work
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    linked = _linked(resource)
    there = {each.id for each in linked}
    found = list_assets(work, AssetFilter(words=words), per_page=25, counted=False).rows if words else ()
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "linked": [
            (each, path("asset.display", id=each.id) if each.is_seen else None, asset_uri(each.id))
            for each in linked
        ],
        "words": words,
        "found": [line for line in show_lines(request, found) if line.id not in there],
        "offered": [] if words else [line for line in _offered(resource, request) if line.id not in there],
        "may": resource.allows(Right.MODIFY_TICKET),
        "here": path("ticket.assets", id=ticket.id),
    }


@view_config(route_name="ticket.assets", request_method="POST", permission=Right.SHOW_TICKET)
def link_assets(resource: TicketResource, request: Request) -> Response:
    """`asset`: the number of an asset to link; `remove`: the number of one to let go."""
    given, ticket = texts_of(request), resource.ticket
    here = request.route_path("ticket.assets", id=ticket.id)
    add, remove = (
        number_in(given.get("asset", "").strip().removeprefix("asset:")),
        number_in(given.get("remove", "")),
    )
    try:
        with resource.work.db.begin_nested():
            if add is not None:
                change_ticket(resource.work, ticket, AddLink("RefersTo", asset_uri(add)))
            elif remove is not None:
                change_ticket(resource.work, ticket, DeleteLink("RefersTo", asset_uri(remove)))
            else:
                raise Refused("Write the number of an asset, such as 17.")
    except (Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash("The asset is linked." if add is not None else "The asset is let go.")
    return HTTPSeeOther(here)


def _linked(resource: TicketResource) -> list[NamedThing]:
    """The assets to which the ticket refers. Two queries."""
    targets = resource.work.db.scalars(
        select(StoredLink.target).where(
            StoredLink.local_base_id == resource.ticket.id,
            StoredLink.type == "RefersTo",
            StoredLink.target.startswith("asset:"),
        )
    ).all()
    things: Iterable[NamedThing] = name_things(resource.work, targets).values()
    return [each for each in things if each.kind == ASSET]


def _offered(resource: TicketResource, request: Request) -> list[AssetLine]:
    """Those of its requestors and of its organisation."""
    work, ticket = resource.work, resource.ticket
    if work.rights.of(Right.SHOW_ASSET).nowhere:
        return []
    requestors = work.db.scalars(
        select(Watcher.principal_id)
        .where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
        .order_by(Watcher.id)
        .limit(3)
    ).all()
    filters = [AssetFilter(person_id=each) for each in requestors]
    if ticket.organization_id is not None:
        filters.append(AssetFilter(organization_id=ticket.organization_id))
    found: dict[int, AssetLine] = {}
    for wanted in filters:
        page = list_assets(work, wanted, per_page=OFFERED, counted=False)
        found.update({line.id: line for line in show_lines(request, page.rows)})
    return list(found.values())
