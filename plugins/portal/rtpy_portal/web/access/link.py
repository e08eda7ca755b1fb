"""Logging in by a link in a mail: asking for it, and the button on its page. A GET logs nobody in."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Problem
from rtpy.http.redirects import is_safe_path
from rtpy.http.resources import SystemResource
from rtpy.mail.header_lines import is_sendable
from rtpy.plugin_settings import setting
from rtpy.web.letting_in import let_in
from rtpy.web.staff.forms import texts_of
from rtpy_portal.access.settings import LOGIN_LINKS
from rtpy_portal.access.wanted import Wanted, WantedKind, find_login, use_login, want
from rtpy_portal.web.access.lost import too_often
from rtpy_portal.web.frame import frame


@view_config(
    route_name="portal.access.login",
    request_method="GET",
    renderer="portal/access/login.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def login_form(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """The form, beside the way to a password; only that where links to log in are switched off."""
    if request.portal_account is not None:
        return HTTPSeeOther(request.route_path("portal.start"))
    if not setting(request.app, request.db, LOGIN_LINKS):
        return HTTPSeeOther(_by_password(request, request.GET.get("next", "")))
    return _login(request, {"next": request.GET.get("next", "")}, is_sent=request.GET.get("done") == "sent")


@view_config(
    route_name="portal.access.login",
    request_method="POST",
    renderer="portal/access/login.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def login_post(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Field `address`; the worker looks who is meant, so the answer is the same for everybody."""
    given = texts_of(request)
    address, wanted = given.get("address", "").strip(), given.get("next", "")
    if not is_sendable(address):
        said = request.portal_say("Please give your mail address, such as ann@example.com.")
        return _login(request, given, problems=[Problem("address", said)])
    leads_to = wanted if is_safe_path(wanted) and len(wanted) <= 255 else request.route_path("portal.start")
    work = request.app.work_in(request.db)
    if not want(work, Wanted(WantedKind.LOGIN, address, leads_to=leads_to), request.peer):
        page = _login(request, given, problems=[too_often(request)])
        request.response.status_int = 429
        return page
    return HTTPSeeOther(request.route_path("portal.access.login", _query={"done": "sent"}))


@view_config(
    route_name="portal.access.login_key",
    request_method="GET",
    renderer="portal/access/enter.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def enter_form(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """One button, so that what opens links of mails by itself uses nothing up."""
    found = find_login(request.db, request.matchdict["token"], request.app.clock.now())
    return _enter(request, found[0].display_name if found else "")


@view_config(
    route_name="portal.access.login_key",
    request_method="POST",
    renderer="portal/access/enter.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def enter_post(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Log in; whoever has a second factor is asked for it as always."""
    used = use_login(request.app.work_in(request.db), request.matchdict["token"])
    if used is None:
        return _enter(request, "")
    passed, leads_to = used
    answer: Response = let_in(request, passed, leads_to)
    return answer


def _login(
    request: Request,
    typed: Mapping[str, str],
    *,
    problems: list[Problem] | None = None,
    is_sent: bool = False,
) -> Mapping[str, object]:
    say = request.portal_say
    wanted = typed.get("next", "")
    return frame(
        request,
        say("We have sent it") if is_sent else say("Log in"),
        problems=problems or (),
        typed={"address": "", "next": "", **typed},
        is_sent=is_sent,
        post_url=request.route_path("portal.access.login"),
        password_url=_by_password(request, wanted),
        next_url=wanted if is_safe_path(wanted) else request.route_path("portal.start"),
        login_url=request.route_path("portal.access.login"),
    )


def _by_password(request: Request, wanted: str) -> str:
    """The core's login, with a password or by the company's, and back from there."""
    target = wanted if is_safe_path(wanted) else request.route_path("portal.start")
    path: str = request.route_path("login", _query={"next": target})
    return path


def _enter(request: Request, name: str) -> Mapping[str, object]:
    say = request.portal_say
    if not name:
        request.response.status_int = 410
    return frame(
        request,
        say("Log in") if name else say("This link cannot log you in any more"),
        name=name,
        again_url=request.route_path("portal.access.login"),
        login_url=request.route_path("portal.access.login"),
    )
