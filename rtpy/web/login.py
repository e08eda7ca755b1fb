"""Logging in and out."""

from pyramid.csrf import check_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.redirects import safe_path
from rtpy.http.resources import SystemResource
from rtpy.http.session import DEVICE_COOKIE, drop_login_cookies
from rtpy.identity.login import LoginFailed, TooManyLogins, check_login
from rtpy.identity.login_history import Result, note_failed, result_of
from rtpy.web.customer_pages import way_in_for_customers
from rtpy.web.letting_in import end_present_session, let_in, way_on
from rtpy.web.sign_on.ways import other_ways


@view_config(route_name="login", request_method="GET", renderer="login.pt", permission=NO_PERMISSION_REQUIRED)
def login_form(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The form; whoever is logged in already is sent on."""
    if request.login is not None:
        return HTTPSeeOther(way_on(request, request.GET.get("next")))
    return login_values(request, request.GET.get("next"))


@view_config(
    route_name="login", request_method="POST", renderer="login.pt", permission=NO_PERMISSION_REQUIRED
)
def login_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Log in: a new session, and the old one ended if there was any."""
    app, given = request.app, request.POST
    name, password = str(given.get("username", "")), str(given.get("password", ""))
    device = request.cookies.get(DEVICE_COOKIE, "")
    try:
        passed = check_login(app, name, password, peer=request.peer, device=device)
    except LoginFailed as failed:
        note_failed(app, name, result_of(failed), peer=request.peer, user_agent=request.user_agent or "")
        return login_values(request, given.get("next"), username=name, error=str(failed))
    except TooManyLogins as many:
        note_failed(app, name, Result.TOO_MANY, peer=request.peer, user_agent=request.user_agent or "")
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(many.wait)
        return login_values(request, given.get("next"), username=name, error=str(many))
    return let_in(request, passed, given.get("next"))


@view_config(
    route_name="logout", request_method="POST", permission=NO_PERMISSION_REQUIRED, require_csrf=False
)
def logout_post(resource: SystemResource, request: Request) -> Response:
    """Log out. Whose session is over already needs no token: there is nothing to forge."""
    if request.login is not None:
        check_csrf_token(request)
        end_present_session(request)
    answer = HTTPSeeOther(request.route_path("login"))
    drop_login_cookies(request, answer)
    return answer


def login_values(
    request: Request, wanted: str | None, *, username: str = "", error: str = ""
) -> dict[str, object]:
    """The values of login.pt."""
    return {
        "site_name": request.app.config.rtname,
        "login_url": request.route_path("login"),
        "next_url": safe_path(request, wanted),
        "username": username[:320],
        "error": error,
        "forgot_url": request.route_path("forgot") if request.app.config.login.reset else "",
        "is_chosen": not error and request.GET.get("chosen") == "1",
        "other_ways": other_ways(request),
        "customer_way": way_in_for_customers(request, wanted or ""),
        "note": "",
    }
