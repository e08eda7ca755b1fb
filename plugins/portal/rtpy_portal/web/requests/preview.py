"""A request as its customer sees it, for staff: to look at, not to act in."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import TicketResource
from rtpy.models import Ticket, User, Watcher
from rtpy.rights.names import Right
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.sight import REQUESTOR
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.requests.deeds import Deeds
from rtpy_portal.requests.reading import read_request
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.requests.page import page_values
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.preview",
    request_method="GET",
    renderer="portal/requests/display.pt",
    permission=Right.SHOW_TICKET,
)
def show_preview(resource: TicketResource, request: Request) -> Mapping[str, object]:
    """Exactly what the first requestor reads, in the language of who looks; files lead to the pages for staff."""
    ticket, path = resource.ticket, request.route_path
    visitor = _requestor(request, ticket)
    work = request.app.work_in(request.db)
    seen = RequestResource(visitor, visitor.acting(work), ticket)
    shown = read_request(
        seen.work,
        visitor,
        ticket,
        request.portal_say,
        lambda transaction_id, cid: path("ticket.inline", id=ticket.id, txn=transaction_id, cid=cid),
        language_of(request),
    )
    return {
        **page_values(request, seen, shown, Deeds()),
        "here": path("portal.requests.preview", id=ticket.id),
        "file_url": lambda file: path(
            "ticket.attachment", id=ticket.id, attachment_id=file.id, filename=file.name or "file"
        ),
        "is_preview": True,
        "reader": visitor.name,
        "ticket_url": path("ticket.display", id=ticket.id),
        "done": "",
        "deed": "",
        "typed": lambda name, field: "",
        "token": "",
        "list_url": None,
    }


def _requestor(request: Request, ticket: Ticket) -> Visitor:
    """The first who asked for it; nobody in particular when there is none."""
    user = request.db.scalar(
        select(User)
        .join(Watcher, Watcher.principal_id == User.id)
        .where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
        .order_by(Watcher.id)
        .limit(1)
    )
    if user is None:
        return Visitor(0, "", "", Way.ACCOUNT)
    return Visitor(
        user.id,
        user.name,
        user.display_name,
        Way.ACCOUNT,
        memberships=memberships_of(request.app, request.db, user.id),
    )
