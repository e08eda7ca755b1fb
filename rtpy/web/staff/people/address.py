"""The button on a person's page that lets mail go to an address again from which it came back."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.good_address import say_address_is_good
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.staff.people.display import find_user


@view_config(route_name="people.good_address", request_method="POST", permission=STAFF)
def good_address(resource: SystemResource, request: Request) -> Response:
    """Mail goes there again, until it comes back once more."""
    user = find_user(request)
    say_address_is_good(request.work, user)
    request.flash(f"Mail goes to {user.email_address or user.display_name} again.")
    return HTTPSeeOther(request.route_path("people.display", id=user.id))
