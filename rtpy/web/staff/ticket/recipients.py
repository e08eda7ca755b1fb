"""Who would get a message, and who would hear of a change of status: asked before it is sent."""

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.scrips.preview import Preview, who_gets
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.ticket.audience import KINDS, audience_of_form, of_status, show_who, unticked_in
from rtpy.web.staff.ticket.choices import allowed_moves
from rtpy.web.staff.ticket.composer import answer_of
from rtpy.web.staff.ticket.page import ticket_page


@view_config(
    route_name="ticket.recipients",
    request_method="GET",
    renderer="staff/ticket/recipients.pt",
    permission=Right.SHOW_TICKET,
)
def show_status_recipients(resource: TicketResource, request: Request) -> dict[str, object]:
    """`?status=resolved`: who would hear of that, with the button that does it."""
    ticket, path = resource.ticket, request.route_path
    status = request.GET.get("status", "").strip().lower()[:64]
    may = status in allowed_moves(resource)
    occasions = of_status(resource, status)
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "status": status_badge(request.app, ticket.status),
        "new_status": status_badge(request.app, status) if may else None,
        "value": status,
        "may": may,
        "who": show_who("status-who", who_gets(*occasions) if occasions else Preview()),
        "modify_url": path("ticket.modify", id=ticket.id),
        "back_url": path("ticket.display", id=ticket.id),
    }


@view_config(
    route_name="ticket.recipients",
    request_method="POST",
    header="X-Requested-With:rtpy",
    renderer="staff/ticket/who.pt",
    permission=Right.SHOW_TICKET,
)
def show_who_alone(resource: TicketResource, request: Request) -> dict[str, object]:
    """Only the list, for a page that has the rest already."""
    kind = _kind(request)
    unticked = unticked_in(request)
    return {"who": audience_of_form(resource, kind, texts_of(request), unticked)}


@view_config(
    route_name="ticket.recipients",
    request_method="POST",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def show_recipients(resource: TicketResource, request: Request) -> dict[str, object]:
    """The ticket's page with everything that was typed, and beside it who would get it. Nothing is sent."""
    kind = _kind(request)
    answer = answer_of(request, kind, unticked_in(request), previewed=True)
    return ticket_page(request, resource, answer)


def _kind(request: Request) -> str:
    kind = texts_of(request).get("preview", "")
    if kind not in KINDS:
        raise HTTPBadRequest("Choose a reply or a comment.")
    return kind
