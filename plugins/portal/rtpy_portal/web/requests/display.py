"""One request, as its customers read it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy_portal.access.visitor import Way
from rtpy_portal.web.requests.page import address_of, request_page
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.display",
    request_method="GET",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_request(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """The number of a merged one leads to the one that goes on."""
    if int(request.matchdict["id"]) != resource.ticket.id and resource.visitor.way is Way.ACCOUNT:
        return HTTPSeeOther(address_of(request, resource))
    return request_page(request, resource)
