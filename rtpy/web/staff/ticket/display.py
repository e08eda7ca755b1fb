"""The page of a ticket."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.ticket.reminders import REMINDER, parent_id_of
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.ticket.page import ticket_page


@view_config(
    route_name="ticket.display",
    request_method="GET",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def show_ticket(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """What was said and done, and the forms to answer with. A reminder is shown on its ticket."""
    if resource.ticket.type == REMINDER:
        parent = parent_id_of(request.db, resource.ticket.id)
        if parent is not None:
            return HTTPSeeOther(request.route_path("ticket.display", id=parent, _anchor="reminders"))
    return ticket_page(request, resource)
