"""Who among customers sees a ticket, and what they read of how it ended: a form for staff."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.admin.editing import beside
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_portal.requests.telling import HOW_FIXED, WENT_WRONG, SetSight, TellAfterwards, Told, told_of

SIGHT = "sight"
USUAL, PRIVATE, HIDDEN = "usual", "private", "hidden"


@view_config(
    route_name="portal.requests.sight",
    request_method="GET",
    renderer="portal/requests/sight.pt",
    permission=Right.MODIFY_TICKET,
)
def show_form(resource: TicketResource, request: Request) -> Mapping[str, object]:
    """As it is now."""
    return _page(resource, request, told_of(request.db, resource.ticket.id))


@view_config(
    route_name="portal.requests.sight",
    request_method="POST",
    renderer="portal/requests/sight.pt",
    permission=Right.MODIFY_TICKET,
)
def save(resource: TicketResource, request: Request) -> Mapping[str, object] | Response:
    """Recorded in the ticket's history."""
    given = texts_of(request)
    asked = Told(
        is_private=given.get(SIGHT) == PRIVATE,
        is_hidden=given.get(SIGHT) == HIDDEN,
        went_wrong=given.get(WENT_WRONG, "").replace("\r\n", "\n").strip(),
        how_fixed=given.get(HOW_FIXED, "").replace("\r\n", "\n").strip(),
    )
    try:
        change_ticket(
            resource.work,
            resource.ticket,
            SetSight(asked.is_private, asked.is_hidden),
            TellAfterwards(asked.went_wrong, asked.how_fixed),
        )
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(resource, request, asked, problems_of(invalid))
    request.flash("What customers see of this ticket is saved.")
    return HTTPSeeOther(request.route_path("ticket.display", id=resource.ticket.id))


def _page(
    resource: TicketResource, request: Request, told: Told, wrong: Mapping[str, str] | None = None
) -> Mapping[str, object]:
    present = HIDDEN if told.is_hidden else PRIVATE if told.is_private else USUAL
    choices = (
        Option(USUAL, "Who takes part, and colleagues who may see their organisation's requests"),
        Option(PRIVATE, "Only who takes part in it: no colleague, unless they see private ones too"),
        Option(HIDDEN, "Nobody, whoever takes part: alerts, work behind the scenes. Mails go out as usual"),
    )
    said = (
        Field(WENT_WRONG, "What went wrong", told.went_wrong, "textarea", "In plain words."),
        Field(HOW_FIXED, "How it was fixed", told.how_fixed, "textarea", "And what stops it next time."),
    )
    fields = beside(said, wrong or {})
    ticket, path = resource.ticket, request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "title": "What customers see",
        "post_url": path("portal.requests.sight", id=ticket.id),
        "preview_url": path("portal.requests.preview", id=ticket.id),
        "name": SIGHT,
        "choices": [(each.value, each.label, each.value == present) for each in choices],
        "fields": fields,
        "problems": [(each.id, each.error) for each in fields if each.error],
    }
