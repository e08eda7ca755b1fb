"""Addresses of RT's own pages, as they stand in old mails and bookmarks, lead to ours."""

from pyramid.httpexceptions import HTTPMovedPermanently, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import and_, or_, select

from rtpy.http.resources import INTERNAL_TYPES, SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Attachment, Ticket, Transaction
from rtpy.rights.names import Right

PAGES = {
    "Display": "ticket.display",
    "History": "ticket.history",
    "Modify": "ticket.modify",
    "ModifyAll": "ticket.modify",
    "ModifyDates": "ticket.modify",
    "ModifyPeople": "ticket.people",
}
LONGEST_NUMBER = 18


@view_config(route_name="rt.index", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def index(resource: SystemResource, request: Request) -> Response:
    """RT's start page."""
    return HTTPMovedPermanently(request.route_path("home"))


@view_config(route_name="rt.ticket", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ticket(resource: SystemResource, request: Request) -> Response:
    """Display.html?id=7, Update.html?Action=Comment&id=7 and others; whether it may be seen is asked there."""
    number = _number(request)
    page = request.matchdict["page"]
    if page == "Update":
        is_comment = request.GET.get("Action", "").lower() == "comment"
        return HTTPMovedPermanently(
            request.route_path("ticket.comment" if is_comment else "ticket.reply", id=number)
        )
    return HTTPMovedPermanently(request.route_path(PAGES[page], id=number))


@view_config(route_name="rt.create", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def create(resource: SystemResource, request: Request) -> Response:
    """Create.html?Queue=1."""
    queue = request.GET.get("Queue")
    return HTTPMovedPermanently(
        request.route_path("ticket.create", _query={"queue": queue} if queue else None)
    )


@view_config(route_name="rt.attachment", request_method="GET", permission=STAFF)
def attachment(resource: SystemResource, request: Request) -> Response:
    """Attachment/TRANSACTION/ATTACHMENT/NAME: sent on if it may be read, else there is no such page (A20)."""
    wanted = int(request.matchdict["attachment_id"])
    work = request.work
    found = work.db.scalar(
        select(Ticket.id)
        .join(Transaction, and_(Transaction.object_type == "ticket", Transaction.object_id == Ticket.id))
        .join(Attachment, Attachment.transaction_id == Transaction.id)
        .where(Attachment.id == wanted, Transaction.id == int(request.matchdict["txn"]))
        .where(work.rights.of(Right.SHOW_TICKET).visible())
        .where(
            or_(Transaction.type.not_in(INTERNAL_TYPES), work.rights.of(Right.SHOW_TICKET_COMMENTS).visible())
        )
    )
    if found is None:
        raise HTTPNotFound()
    name = request.matchdict["filename"].replace("/", "_") or "file"
    path = request.route_path("ticket.attachment", id=found, attachment_id=wanted, filename=name)
    return HTTPMovedPermanently(path)


@view_config(route_name="rt.search", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def search(resource: SystemResource, request: Request) -> Response:
    """A stored search of RT's cannot be read here: to the list of tickets."""
    return HTTPMovedPermanently(request.route_path("ticket.list"))


def _number(request: Request) -> int:
    wanted = request.GET.get("id", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_NUMBER):
        raise HTTPNotFound()
    return int(wanted)
