"""The button of a provider: off to it, with a cookie to come back with."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.http.redirects import safe_path
from rtpy.http.resources import SystemResource
from rtpy.http.session import set_cookie
from rtpy.identity.login import TooManyLogins
from rtpy.identity.oidc.flow import MINUTES, begin_sign_on, count_beginning
from rtpy.identity.oidc.provider import find_provider
from rtpy.web.letting_in import way_on
from rtpy.web.login import login_values
from rtpy.web.staff.forms import texts_of

SIGN_ON_COOKIE = "rtpy_sign_on"


@view_config(
    route_name="sign_on.start",
    request_method="POST",
    renderer="sign_on/leading.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def begin(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """A page that leads on by itself: browsers let no form be redirected to another site under our policy."""
    app, wanted = request.app, safe_path(request, texts_of(request).get("next"))
    if request.login is not None:
        return HTTPSeeOther(way_on(request, wanted))
    try:
        with app.reading_sessions() as db:
            provider = find_provider(app, db, int(request.matchdict["id"]))
        if provider is None:
            raise HTTPNotFound()
        count_beginning(app, request.peer)
        begun = begin_sign_on(app, provider, wanted)
    except TooManyLogins as many:
        request.response.headers["Retry-After"] = str(many.wait)
        return login_page(request, 429, wanted, str(many))
    except Refused as refused:
        return login_page(request, 503, wanted, str(refused))
    set_cookie(request, request.response, SIGN_ON_COOKIE, begun.browser, max_age=MINUTES * 60)
    return {
        "site_name": app.config.rtname,
        "provider": provider.name,
        "url": begun.url,
        "login_url": request.route_path("login"),
    }


def login_page(request: Request, status: int, wanted: str | None, error: str) -> Response:
    """The login page with a sentence."""
    from pyramid.renderers import render_to_response

    values = login_values(request, wanted, error=error)
    answer = render_to_response("login.pt", values, request=request, response=request.response)
    answer.status_int = status
    return answer
