"""Answering a request, with files."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.web.staff.forms import files_of
from rtpy_portal.requests.answering import answer_request
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.answer",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def send_answer(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """With the files that were chosen."""

    def act(given: Mapping[str, str]) -> str:
        answer_request(
            resource.work,
            resource.visitor,
            resource.ticket,
            request.portal_say,
            given.get("text", ""),
            files_of(request),
        )
        return "answered"

    return do_deed(resource, request, "answer", act)
