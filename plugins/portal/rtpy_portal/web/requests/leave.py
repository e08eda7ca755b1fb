"""Leaving a request: no more mails about it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy_portal.requests.taking_part import leave_request
from rtpy_portal.web.frame import frame
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource

GONE = "gone"


@view_config(
    route_name="portal.requests.leave",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def leave(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """Who takes part no longer may not see it any more: they are led to a page that says so."""
    words: list[str] = []

    def act(_given: Mapping[str, str]) -> str:
        is_out = leave_request(resource.work, resource.visitor, resource.ticket, request.portal_say)
        words.append(GONE if is_out else "quiet")
        return words[0]

    answer = do_deed(resource, request, "leave", act)
    return HTTPSeeOther(request.route_path("portal.requests.left")) if words == [GONE] else answer


@view_config(
    route_name="portal.requests.left",
    request_method="GET",
    renderer="portal/requests/left.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_left(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The same for everybody."""
    return frame(request, request.portal_say("You have left this request"))
