"""The one view: logs in, finds the deed, runs it in a savepoint, and answers in RT's frame."""

from contextlib import nullcontext

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import RtpyError
from rtpy.http.transactions import SAFE_METHODS, open_reading_session
from rtpy.identity.login import TooManyLogins
from rtpy.identity.logins import Login
from rtpy.rest.door import ForgedCall, NeedsToken, find_by_password, find_caller, make_work
from rtpy.rest.sessions import start_rest_session
from rtpy.rest1.call import Call
from rtpy.rest1.frame import (
    BAD_REQUEST,
    FORBIDDEN,
    TOO_MANY,
    UNAUTHORIZED,
    Answer,
    RawAnswer,
    Stopped,
    remark,
    respond,
)
from rtpy.rest1.given import Given, read_given
from rtpy.rest1.routes import Found, find_deed
from rtpy.work import Face


@view_config(route_name="rest1", permission=NO_PERMISSION_REQUIRED, require_csrf=False)
@view_config(route_name="rest1.top", permission=NO_PERMISSION_REQUIRED, require_csrf=False)
def answer_call(request: Request) -> Response:
    """The HTTP status is 200 whatever becomes of it, as RT's clients want it."""
    try:
        answer = _answer(request)
    except Stopped as stopped:
        answer = stopped.answer
    except TooManyLogins as stopped:
        answer = Answer(str(stopped), TOO_MANY)
    except (ForgedCall, NeedsToken) as refused:
        answer = Answer(str(refused), FORBIDDEN)
    return respond(answer)


def _answer(request: Request) -> Answer | RawAnswer:
    if request.method not in ("GET", "HEAD", "POST"):
        raise Stopped("Use GET or POST.")
    given = read_given(request)
    found = find_deed(request.matchdict.get("path", "").replace("\x00", ""), given)
    if found.writes:
        # RT's clients merge by GET: for the transaction it counts what is done
        request.method = "POST"
    login = _log_in(request, given, found)
    if not login.scope.allows(writing=found.writes, is_setup=False):
        raise Stopped(remark(login.scope.refusal()), FORBIDDEN)
    if not found.writes and request.method not in SAFE_METHODS:
        request.__dict__["db"] = open_reading_session(request)
    work = make_work(request, login, Face.REST1)
    call = Call(request, login, work, given)
    try:
        with work.db.begin_nested() if found.writes else nullcontext():
            return found.deed(call, **found.places)
    except RtpyError as problem:
        return Answer(remark(str(problem)), BAD_REQUEST)


def _log_in(request: Request, given: Given, found: Found) -> Login:
    """Who calls. Raises Stopped with 401, the status that RT's clients look for."""
    name, password = given.text("user"), given.text("pass")
    if name and password:
        login = find_by_password(request, name, password)
        if login is None:
            raise Stopped("Your username or password is incorrect", UNAUTHORIZED)
        start_rest_session(request, login)
    else:
        # by a browser's cookie alone nothing is posted, even if it only asks
        login = find_caller(request, unsafe=found.writes or None)
    request.__dict__["login"] = login
    if login is None:
        raise Stopped("", UNAUTHORIZED)
    return login
