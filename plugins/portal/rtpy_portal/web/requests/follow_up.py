"""A new request in place of one that stays closed."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.web.staff.forms import files_of
from rtpy_portal.access.visitor import Way
from rtpy_portal.requests.following_up import follow_up
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.follow_up",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_anew(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """To the new one; a key opens only the old one, and the mail about the new one brings its own."""
    made: list[int] = []

    def act(given: Mapping[str, str]) -> str:
        new = follow_up(
            resource.work,
            resource.visitor,
            resource.ticket,
            request.portal_say,
            given.get("text", ""),
            files_of(request),
        )
        made.append(new.id)
        return "followed"

    answer = do_deed(resource, request, "follow_up", act)
    if made and resource.visitor.way is Way.ACCOUNT:
        url = request.route_path("portal.requests.display", id=made[0], _query={"done": "followed"})
        return HTTPSeeOther(url)
    return answer
