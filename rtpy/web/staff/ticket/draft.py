"""Keeping what is being typed."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.drafts import save_draft
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.ticket.composer import COMMENT, REPLY, place_of


@view_config(route_name="ticket.draft", request_method="POST", permission=Right.SHOW_TICKET)
def keep_draft(resource: TicketResource, request: Request) -> Response:
    """Fields `kind` (reply or comment) and `text`; an empty text forgets the draft. Answers 204."""
    given = texts_of(request)
    kind = given.get("kind", "")
    if kind not in (REPLY, COMMENT):
        raise Invalid(Problem("kind", "A draft is of a reply or of a comment."))
    save_draft(resource.work, place_of(resource.ticket.id, kind), {"text": given.get("text", "")})
    return Response(status=204)
