"""The last steps of every login, whatever proved who somebody is: a fresh session, its cookies, and the way on."""

from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from rtpy.http.redirects import safe_path
from rtpy.http.request import COOKIE
from rtpy.http.session import set_cookie, set_login_cookies
from rtpy.identity.login import Passed, accept_login, accept_password, make_device
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.second_factor.factor import has_second_factor
from rtpy.identity.second_factor.pending import MINUTES, begin_pending
from rtpy.identity.sessions import end_session
from rtpy.models import User

PENDING_COOKIE = "rtpy_second"


def let_in(request: Request, passed: Passed, wanted: str | None) -> Response:
    """Begin the session of who passed the first factor, and go on to `wanted`, a path of ours.

    Who has a second factor is asked for it first, and has no session until then.
    """
    end_present_session(request)
    if has_second_factor(request.db, passed.user_id):
        return _ask_for_code(request, passed, wanted)
    came = {"peer": request.peer, "user_agent": request.user_agent or ""}
    token = accept_login(request.db, passed, days=request.app.config.web.session_days, **came)
    note_login(request.db, passed.user_id, passed.how, Result.IN, at=passed.at, **came)
    return go_on(request, passed.user_id, token, wanted)


def go_on(request: Request, user_id: int, token: str, wanted: str | None) -> Response:
    """The way on for whom a session has just begun, with its cookies."""
    answer = HTTPSeeOther(way_on(request, wanted))
    give_cookies(request, answer, user_id, token)
    return answer


def give_cookies(request: Request, answer: Response, user_id: int, token: str) -> None:
    """The cookies of a session that has just begun."""
    user = request.db.get_one(User, user_id)
    set_login_cookies(request, answer, token, make_device(request.app, user.id, user.password_hash))


def _ask_for_code(request: Request, passed: Passed, wanted: str | None) -> Response:
    # The attempt stays counted: who has the password and no code cannot begin again without end.
    accept_password(request.db, replace(passed, counted=()))
    token = begin_pending(request.db, passed)
    came = {"peer": request.peer, "user_agent": request.user_agent or ""}
    note_login(request.db, passed.user_id, passed.how, Result.ASKED, at=passed.at, **came)
    path = safe_path(request, wanted)
    query = {"next": path} if path != safe_path(request, None) else None
    answer = HTTPSeeOther(request.route_path("second_factor.ask", _query=query))
    set_cookie(request, answer, PENDING_COOKIE, token, max_age=MINUTES * 60)
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
