"""Asking for more attention."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy_portal.requests.wishing import escalate
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.escalate",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_for_attention(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """With a reason."""

    def act(given: Mapping[str, str]) -> str:
        reason = given.get("reason", "")
        escalate(resource.work, resource.visitor, resource.ticket, request.portal_say, reason)
        return "escalated"

    return do_deed(resource, request, "escalate", act)
