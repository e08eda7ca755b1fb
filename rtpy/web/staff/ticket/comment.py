"""Adding an internal comment."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.ticket.composer import COMMENT
from rtpy.web.staff.ticket.reply import send_answer


@view_config(
    route_name="ticket.comment",
    request_method="POST",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def add_comment(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """A comment for staff only; `Comment` itself asks for the right."""
    return send_answer(resource, request, COMMENT)
