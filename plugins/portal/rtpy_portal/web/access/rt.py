"""Addresses of RT's self service, as they stand in old mails and bookmarks, lead to the portal."""

import re

from pyramid.httpexceptions import HTTPFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.history.public import public_clause
from rtpy.http.resources import SystemResource
from rtpy.models import Attachment, Ticket, Transaction
from rtpy.web.staff.forms import number_in
from rtpy_portal.access.sight import visible
from rtpy_portal.web.visitors import request_path

PAGES = {
    "Create.html": "/portal/ask",
    "CreateTicketInQueue.html": "/portal/ask",
    "Open.html": "/portal/requests",
    "Closed.html": "/portal/requests",
    "Prefs.html": "/portal/me",
    "Article/Search.html": "/portal/knowledge",
    "Article/Display.html": "/portal/knowledge",
}
_FILE = re.compile(r"Attachment/(\d{1,18})/(\d{1,18})/([^/]*)")


@view_config(route_name="portal.access.rt", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def self_service(resource: SystemResource, request: Request) -> Response:
    """On to the page that does the same; whether it may be seen is asked there."""
    page: str = request.matchdict["page"]
    number = number_in(request.GET.get("id", ""))
    if page in ("Display.html", "Update.html", "History.html") and number:
        return HTTPFound(request_path(request, number))
    if found := _FILE.fullmatch(page):
        return HTTPFound(_file(request, int(found[1]), int(found[2]), found[3]))
    return HTTPFound(request.script_name + PAGES.get(page, "/portal"))


def _file(request: Request, transaction_id: int, attachment_id: int, name: str) -> str:
    """The file, for who is logged in and may see it; else the list of requests, whether there is such a file or not.

    A key is sent to the pages of its own request alone, so who came by one has to open the mail's link again.
    """
    number = request.db.scalar(
        select(Ticket.id)
        .join(Transaction, (Transaction.object_type == "ticket") & (Transaction.object_id == Ticket.id))
        .join(Attachment, Attachment.transaction_id == Transaction.id)
        .where(Attachment.id == attachment_id, Transaction.id == transaction_id)
        .where(public_clause(), visible(request.portal_account))
    )
    if number is None:
        return f"{request.script_name}/portal/requests"
    path: str = request.route_path(
        "portal.requests.file", id=number, attachment_id=attachment_id, filename=name or "file"
    )
    return path
