"""Asking for a call."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy_portal.requests.wishing import ask_for_call
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.call",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_to_be_called(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """At a number, at a time that suits."""

    def act(given: Mapping[str, str]) -> str:
        ask_for_call(
            resource.work,
            resource.visitor,
            resource.ticket,
            request.portal_say,
            given.get("phone", ""),
            given.get("when", ""),
            given.get("text", ""),
        )
        return "call"

    return do_deed(resource, request, "call", act)
