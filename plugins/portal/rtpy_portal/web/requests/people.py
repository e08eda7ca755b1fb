"""Adding a colleague to a request, and taking one out."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.web.staff.forms import number_in
from rtpy_portal.requests.taking_part import add_colleague, remove_colleague
from rtpy_portal.web.requests.doing import do_deed
from rtpy_portal.web.visitors import RequestResource


@view_config(
    route_name="portal.requests.add",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def add_person(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """By mail address; whether it is known here is not said."""

    def act(given: Mapping[str, str]) -> str:
        address = given.get("address", "")
        add_colleague(resource.work, resource.visitor, resource.ticket, request.portal_say, address)
        return "added"

    return do_deed(resource, request, "add", act)


@view_config(
    route_name="portal.requests.remove",
    request_method="POST",
    renderer="portal/requests/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def remove_person(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """Somebody who gets copies."""

    def act(given: Mapping[str, str]) -> str:
        person = number_in(given.get("person", ""))
        remove_colleague(resource.work, resource.visitor, resource.ticket, request.portal_say, person)
        return "removed"

    return do_deed(resource, request, "remove", act)
