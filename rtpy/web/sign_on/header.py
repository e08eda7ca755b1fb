"""The proxy's word: a session of one's own for whom it names."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.identity.login import Passed
from rtpy.identity.logins import How
from rtpy.identity.trusted_header import named_by_proxy, person_named
from rtpy.web.letting_in import let_in, way_on
from rtpy.web.sign_on.start import login_page
from rtpy.web.staff.forms import texts_of


@view_config(route_name="sign_on.header", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def enter_by_header(resource: SystemResource, request: Request) -> Response:
    """A button and not every request: so sessions are listed and ended, and second factors asked for, as of others."""
    wanted = texts_of(request).get("next")
    if request.login is not None:
        return HTTPSeeOther(way_on(request, wanted))
    name = named_by_proxy(request.environ)
    if not name:
        return login_page(request, 403, wanted, "Nobody says who you are. Please log in with your password.")
    work = request.app.work_in(request.db)
    try:
        with request.db.begin_nested():
            user = person_named(work, name)
    except Refused as refused:
        return login_page(request, 403, wanted, str(refused))
    return let_in(request, Passed(user.id, user.name, None, (), work.now, None, How.HEADER), wanted)
