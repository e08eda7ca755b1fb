"""The page of a ticket."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.ticket.page import ticket_page


@view_config(
    route_name="ticket.display",
    request_method="GET",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def show_ticket(resource: TicketResource, request: Request) -> dict[str, object]:
    """What was said and done, and the forms to answer with."""
    return ticket_page(request, resource)
