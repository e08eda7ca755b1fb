"""The organisations of who is here: one leads straight to its page, several are chosen from."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.security import LOGGED_IN
from rtpy_portal.web.frame import frame
from rtpy_portal.web.organizations.spoken import own_words
from rtpy_portal.web.visitors import PersonResource


@view_config(
    route_name="portal.organizations.list",
    request_method="GET",
    renderer="portal/organizations/list.pt",
    permission=LOGGED_IN,
)
def choose(resource: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """Those that are open to the visitor."""
    found = [each for each in resource.visitor.memberships if not each.is_off]
    path, say = request.route_path, request.portal_say
    if len(found) == 1:
        return HTTPSeeOther(path("portal.organizations.display", id=found[0].organization_id))
    return frame(
        request,
        say("My organisation"),
        rows=[
            (
                each.name,
                path("portal.organizations.display", id=each.organization_id),
                own_words(each.grade, say),
            )
            for each in found
        ],
    )
