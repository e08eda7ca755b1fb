"""Putting the address of a page into a reply: only pages that the ticket's customers may read are offered."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_portal.knowledge.links import offer

OWN = frozenset({"csrf_token", "q", "put", "articles", "kind", "knowledge"})
"""Fields of the page itself; all others are the composer's and go back to it."""


@view_config(
    route_name="portal.books.links",
    request_method="GET",
    renderer="portal/books/links.pt",
    permission=Right.SHOW_TICKET,
)
def show(resource: TicketResource, request: Request) -> Mapping[str, object]:
    """`?q=` words; without them pages that fit the subject. What was typed is in the draft."""
    return _page(resource, request, request.GET.get("q", ""))


@view_config(
    route_name="portal.books.links",
    request_method="POST",
    renderer="portal/books/links.pt",
    permission=Right.SHOW_TICKET,
)
def search(resource: TicketResource, request: Request) -> Mapping[str, object]:
    """The same with everything that stood in the form of the reply, which the page hands on."""
    return _page(resource, request, texts_of(request).get("q", ""))


def _page(resource: TicketResource, request: Request, typed: str) -> Mapping[str, object]:
    ticket, path = resource.ticket, request.route_path
    words = " ".join(typed.replace("\x00", "").split())[:200]
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "words": words,
        "offered": offer(resource.work, ticket, words),
        "hidden": [
            (name, value)
            for name, value in (request.POST.items() if request.method == "POST" else ())
            if name not in OWN and isinstance(value, str)
        ],
        "post_url": path("portal.books.links", id=ticket.id),
        "put_url": path("ticket.articles", id=ticket.id),
        "back_url": path("ticket.display", id=ticket.id, _query={"compose": "reply"}, _anchor="reply"),
    }
