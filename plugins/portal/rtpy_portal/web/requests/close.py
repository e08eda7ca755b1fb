"""Closing a request: “It works now”."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy_portal.requests.closing import close_request
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.close",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def close(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """With words or without."""

    def act(given: Mapping[str, str]) -> str:
        text = given.get("text", "")
        is_closed = close_request(resource.work, resource.visitor, resource.ticket, request.portal_say, text)
        return "closed" if is_closed else "told"

    return do_deed(resource, request, "close", act)
