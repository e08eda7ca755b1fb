"""Files and pictures of a request, for its customers."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.models import Attachment
from rtpy.web.attachments import send_file
from rtpy_portal.requests.files import find_file, find_picture
from rtpy_portal.web.visitors import RequestResource


@view_config(route_name="portal.requests.file", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def send_request_file(resource: RequestResource, request: Request) -> Response:
    """A file of a message; the name in the address is for people only."""
    number = int(request.matchdict["attachment_id"])
    return _send(resource, find_file(resource.work, resource.visitor, resource.ticket, number))


@view_config(route_name="portal.requests.picture", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def send_request_picture(resource: RequestResource, request: Request) -> Response:
    """A picture inside of a message."""
    number, cid = int(request.matchdict["txn"]), request.matchdict["cid"]
    return _send(resource, find_picture(resource.work, resource.visitor, resource.ticket, number, cid))


def _send(resource: RequestResource, attachment: Attachment | None) -> Response:
    if attachment is None:
        raise HTTPNotFound()
    answer = send_file(resource.work, attachment)
    # A key that is withdrawn, or somebody who logged out, leaves nothing behind in a browser that others use too.
    answer.headers["Cache-Control"] = "no-store"
    return answer
