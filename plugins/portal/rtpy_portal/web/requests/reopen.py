"""Opening a closed request again."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.web.staff.forms import files_of
from rtpy_portal.requests.closing import reopen_request
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.reopen",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def reopen(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """What is still wrong is asked for."""

    def act(given: Mapping[str, str]) -> str:
        reopen_request(
            resource.work,
            resource.visitor,
            resource.ticket,
            request.portal_say,
            given.get("text", ""),
            files_of(request),
        )
        return "reopened"

    return do_deed(resource, request, "reopen", act)
