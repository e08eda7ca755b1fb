"""Marking a ticket as read."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.read_marks import note_seen
from rtpy.http.redirects import safe_path
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.search.compiling.values import id_of
from rtpy.web.staff.forms import texts_of


@view_config(route_name="ticket.seen", request_method="POST", permission=Right.SHOW_TICKET)
def mark_seen(resource: TicketResource, request: Request) -> Response:
    """Field `up_to`: the last entry that the page showed; what came since stays unread. Without it, all is read."""
    given = texts_of(request)
    note_seen(resource.work, resource.ticket, id_of(given.get("up_to", "")))
    return HTTPSeeOther(safe_path(request, given.get("return_to"), f"/ticket/{resource.ticket.id}"))
