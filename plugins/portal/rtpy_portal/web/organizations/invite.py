"""Inviting a colleague."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.http.security import LOGGED_IN
from rtpy.web.staff.forms import texts_of
from rtpy_portal.access.grades import Membership
from rtpy_portal.organizations.inviting import invite
from rtpy_portal.web.frame import frame
from rtpy_portal.web.once import was_sent
from rtpy_portal.web.organizations.place import member_here
from rtpy_portal.web.visitors import PersonResource


@view_config(
    route_name="portal.organizations.invite",
    request_method="GET",
    renderer="portal/organizations/invite.pt",
    permission=LOGGED_IN,
)
def show_invitation(resource: PersonResource, request: Request) -> Mapping[str, object]:
    """An address and a name."""
    return _page(request, member_here(resource, request, manages=True), {})


@view_config(
    route_name="portal.organizations.invite",
    request_method="POST",
    renderer="portal/organizations/invite.pt",
    permission=LOGGED_IN,
)
def send_invitation(resource: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `address`, `name`."""
    mine, given, say = member_here(resource, request, manages=True), texts_of(request), request.portal_say
    url = request.app.config.url("/portal/login")
    back = HTTPSeeOther(request.route_path("portal.organizations.display", id=mine.organization_id))
    try:
        with request.db.begin_nested():
            if was_sent(request):
                request.flash(say("This was sent already."), "info")
                return back
            person = invite(
                resource.work,
                resource.visitor,
                mine.organization_id,
                given.get("address", ""),
                given.get("name", ""),
                url,
                say,
            )
    except NotFound:
        raise HTTPNotFound() from None
    except Invalid as invalid:
        return _page(request, mine, given, invalid.problems)
    except Refused as refused:
        return _page(request, mine, given, (Problem("address", str(refused)),))
    request.flash(say("${name} is invited by mail.", name=person.name))
    return back


def _page(
    request: Request, mine: Membership, given: Mapping[str, str], problems: Sequence[Problem] = ()
) -> Mapping[str, object]:
    return frame(
        request,
        request.portal_say("Invite a colleague"),
        problems=problems,
        organization=mine.name,
        address=given.get("address", ""),
        name=given.get("name", ""),
        back_url=request.route_path("portal.organizations.display", id=mine.organization_id),
    )
