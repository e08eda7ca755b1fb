"""Between the two factors of a login: the page that asks for the code."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.http.redirects import safe_path
from rtpy.http.resources import SystemResource
from rtpy.http.session import DEVICE_COOKIE
from rtpy.identity.login import TooManyLogins
from rtpy.identity.second_factor.pending import PendingOver, check_code, find_waiting, finish_login
from rtpy.web.letting_in import PENDING_COOKIE, end_present_session, go_on, way_on
from rtpy.web.staff.forms import texts_of


@view_config(
    route_name="second_factor.ask",
    request_method="GET",
    renderer="second_factor/ask.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_form(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The form, `?recovery=1` for a code on paper; who does not wait for it goes to the login."""
    wanted = request.GET.get("next")
    if request.login is not None:
        return HTTPSeeOther(way_on(request, wanted))
    token = request.cookies.get(PENDING_COOKIE, "")
    if find_waiting(request.db, token, request.app.clock.now()) is None:
        return HTTPSeeOther(request.route_path("login", _query=_next(request, wanted)))
    return _form(request, wanted, by_paper=request.GET.get("recovery") == "1")


@view_config(
    route_name="second_factor.ask",
    request_method="POST",
    renderer="second_factor/ask.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The field `code`; with a good one the session begins. What is counted and noted stays whatever is answered."""
    app, given = request.app, texts_of(request)
    token, wanted = request.cookies.get(PENDING_COOKIE, ""), given.get("next")
    by_paper = given.get("recovery") == "1"
    came = {"peer": request.peer, "user_agent": request.user_agent or ""}
    device = request.cookies.get(DEVICE_COOKIE, "")
    try:
        good = check_code(app, token, given.get("code", ""), device=device, **came)
        end_present_session(request)
        begun = finish_login(request.db, token, good, days=app.config.web.session_days, **came)
    except TooManyLogins as many:
        page = _form(request, wanted, by_paper=by_paper, error=str(many))
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(many.wait)
        return page
    except Refused as refused:
        request.response.status_int = 422
        is_over = isinstance(refused, PendingOver)
        return _form(request, wanted, by_paper=by_paper, error=str(refused), is_over=is_over)
    answer = go_on(request, good.waiting.user_id, begun, wanted)
    answer.delete_cookie(PENDING_COOKIE, path=request.script_name + "/")
    return answer


def _form(
    request: Request, wanted: str | None, *, by_paper: bool, error: str = "", is_over: bool = False
) -> dict[str, object]:
    path, query = request.route_path, _next(request, wanted)
    return {
        "site_name": request.app.config.rtname,
        "post_url": path("second_factor.ask"),
        "login_url": path("login", _query=query),
        "other_url": path("second_factor.ask", _query=query if by_paper else {**query, "recovery": "1"}),
        "next_url": safe_path(request, wanted),
        "by_paper": by_paper,
        "is_over": is_over,
        "error": error,
    }


def _next(request: Request, wanted: str | None) -> dict[str, str]:
    path = safe_path(request, wanted)
    return {"next": path} if path != safe_path(request, None) else {}
