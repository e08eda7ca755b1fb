"""The search box: a number leads to the ticket, words to a list."""

from pyramid.httpexceptions import HTTPFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Ticket
from rtpy.rights.names import Right


@view_config(route_name="search", request_method="GET", permission=STAFF)
def search(resource: SystemResource, request: Request) -> Response:
    """To the ticket with that number if the reader may see it, else to the list of what has the words."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        found = request.db.scalar(
            select(Ticket.id).where(
                Ticket.id == int(number), request.work.rights.of(Right.SHOW_TICKET).visible()
            )
        )
        if found is not None:
            return HTTPFound(request.route_path("ticket.display", id=found))
    query = {"q": words, "status": "all"} if words else None
    return HTTPFound(request.route_path("ticket.list", _query=query))
