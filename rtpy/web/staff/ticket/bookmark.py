"""The star of a ticket: one's own bookmark, set and taken away."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.bookmarks import bookmark, unbookmark
from rtpy.errors import Refused
from rtpy.http.redirects import safe_path
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.forms import texts_of


@view_config(route_name="ticket.bookmark", request_method="POST", permission=Right.SHOW_TICKET)
def mark_ticket(resource: TicketResource, request: Request) -> Response:
    """Field `bookmark`: 1 sets it, all else takes it away."""
    given = texts_of(request)
    try:
        if given.get("bookmark") == "1":
            bookmark(resource.work, resource.ticket)
        else:
            unbookmark(resource.work, resource.ticket)
    except Refused as refused:
        request.flash(str(refused), "bad")
    return HTTPSeeOther(safe_path(request, given.get("return_to"), f"/ticket/{resource.ticket.id}"))
