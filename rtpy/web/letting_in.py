"""The last steps of every login, whatever proved who somebody is: a fresh session, its cookies, and the way on."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from rtpy.http.redirects import safe_path
from rtpy.http.request import COOKIE
from rtpy.http.session import set_login_cookies
from rtpy.identity.login import Passed, accept_login, make_device
from rtpy.identity.sessions import end_session
from rtpy.models import User


def let_in(request: Request, passed: Passed, wanted: str | None) -> Response:
    """Begin the session of who passed the first factor, and go on to `wanted`, a path of ours."""
    end_present_session(request)
    token = accept_login(
        request.db,
        passed,
        days=request.app.config.web.session_days,
        peer=request.peer,
        user_agent=request.user_agent or "",
    )
    answer = HTTPSeeOther(way_on(request, wanted))
    user = request.db.get_one(User, passed.user_id)
    set_login_cookies(request, answer, token, make_device(request.app, user.id, user.password_hash))
    return answer


def end_present_session(request: Request) -> None:
    """Whatever session the browser brings is over: a login never takes one over (A34)."""
    old = request.cookies.get(COOKIE)
    if old:
        end_session(request.db, old)


def way_on(request: Request, wanted: str | None) -> str:
    """Where to go after a login: `wanted` if it is a path of ours, and not back to the login."""
    path = safe_path(request, wanted)
    return (
        safe_path(request, None) if path.split("?")[0].rstrip("/").endswith(("/login", "/logout")) else path
    )
