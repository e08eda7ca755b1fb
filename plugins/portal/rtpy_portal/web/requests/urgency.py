"""Saying how urgent a request is."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy_portal.requests.wishing import Urgency, change_urgency
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.urgency",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def set_urgency(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """In one of three words, with a reason."""

    def act(given: Mapping[str, str]) -> str:
        chosen = given.get("urgency", "")
        urgency = Urgency(chosen) if chosen in set(Urgency) else None
        reason = given.get("reason", "")
        change_urgency(resource.work, resource.visitor, resource.ticket, request.portal_say, urgency, reason)
        return "urgency"

    return do_deed(resource, request, "urgency", act)
