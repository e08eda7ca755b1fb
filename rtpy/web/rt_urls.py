"""Addresses of RT's own pages of tickets, as they stand in old mails and bookmarks, lead to ours."""

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
    "ModifyLinks": "ticket.links",
    "Reminders": "ticket.display",
    "Forward": "ticket.display",
    "ShowEmailRecord": "ticket.history",
}
FILLED_IN = {
    "Queue": "queue",
    "Requestors": "requestor",
    "Cc": "cc",
    "Subject": "subject",
    "Content": "text",
    "Status": "status",
    "Due": "due",
}
"""What an address fills into the form of a new ticket: RT's name and ours."""
LONGEST_NUMBER = 18


@view_config(route_name="rt.index", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def index(resource: SystemResource, request: Request) -> Response:
    """RT's start page; with `q` it is what browsers have as a keyword for its search box."""
    words = request.GET.get("q")
    if words:
        return HTTPMovedPermanently(request.route_path("search.results", _query={"q": words}))
    return HTTPMovedPermanently(request.route_path("home"))


@view_config(route_name="rt.ticket", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ticket(resource: SystemResource, request: Request) -> Response:
    """Display.html?id=7, Update.html?Action=Comment&id=7 and others; whether it may be seen is asked there."""
    number = number_in(request)
    page = request.matchdict["page"]
    if page == "Update":
        is_comment = request.GET.get("Action", "").lower() == "comment"
        return HTTPMovedPermanently(
            request.route_path("ticket.comment" if is_comment else "ticket.reply", id=number)
        )
    if page not in PAGES:
        raise HTTPNotFound()
    return HTTPMovedPermanently(request.route_path(PAGES[page], id=number))


@view_config(route_name="rt.create", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def create(resource: SystemResource, request: Request) -> Response:
    """Create.html?Queue=1&Subject=Toner; a queue may be named, too."""
    filled = {ours: request.GET[theirs] for theirs, ours in FILLED_IN.items() if request.GET.get(theirs)}
    return HTTPMovedPermanently(request.route_path("ticket.create", _query=filled or None))


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


def number_in(request: Request) -> int:
    """The `id` of the address; raises HTTPNotFound when it is none."""
    wanted = request.GET.get("id", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_NUMBER):
        raise HTTPNotFound()
    return int(wanted)
