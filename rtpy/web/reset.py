"""A new password by mail, for who has forgotten theirs: asking for it, and choosing it."""

import re

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.http.session import set_cookie
from rtpy.identity.login import TooManyLogins
from rtpy.identity.password_rules import password_hint
from rtpy.identity.resetting import DEAD, ask_for_reset, choose_password, find_reset
from rtpy.models import User
from rtpy.web.staff.forms import texts_of
from rtpy.work import Actor, Face

COOKIE = "rtpy_reset"
"""Keeps the token of the link, so that it stands in no address while the password is chosen."""
MINUTES = 15
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,50}")


@view_config(
    route_name="forgot", request_method="GET", renderer="forgot.pt", permission=NO_PERMISSION_REQUIRED
)
def forgot_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form; 404 where an administrator has switched it off."""
    return _forgot(request)


@view_config(
    route_name="forgot", request_method="POST", renderer="forgot.pt", permission=NO_PERMISSION_REQUIRED
)
def forgot_post(resource: SystemResource, request: Request) -> dict[str, object]:
    """Note it; the answer is the same for everybody."""
    page = _forgot(request)
    name = texts_of(request).get("username", "").strip()
    if not name:
        request.response.status_int = 422
        return {**page, "error": "Please enter your user name or your mail address."}
    try:
        ask_for_reset(request.app, name, peer=request.peer, now=request.app.clock.now())
    except TooManyLogins as many:
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(many.wait)
        return {**page, "error": str(many)}
    return {**page, "is_sent": True}


@view_config(route_name="reset", request_method="GET", renderer="reset.pt", permission=NO_PERMISSION_REQUIRED)
def reset_form(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """From the mail: the token goes into a cookie and out of the address; then the form."""
    _need_switched_on(request)
    token = request.GET.get("token")
    if token is not None:
        answer = HTTPSeeOther(request.route_path("reset"))
        if _TOKEN.fullmatch(token):
            set_cookie(request, answer, COOKIE, token, max_age=MINUTES * 60)
        return answer
    return _reset(request, {})


@view_config(
    route_name="reset", request_method="POST", renderer="reset.pt", permission=NO_PERMISSION_REQUIRED
)
def reset_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `password` and `again`. Then one logs in as always, with the second factor if there is one."""
    _need_switched_on(request)
    given, user = texts_of(request), _whose(request)
    if user is None:
        return _reset(request, {})
    if given.get("password", "") != given.get("again", ""):
        return _reset(request, {"again": "The two new passwords are not the same."})
    themselves = request.app.work_in(request.db, Actor(user.id, user.name, Face.WEB))
    try:
        choose_password(themselves, user, given.get("password", ""))
    except Invalid as invalid:
        return _reset(request, {problem.field: problem.message for problem in invalid.problems})
    answer = HTTPSeeOther(request.route_path("login", _query={"chosen": "1"}))
    answer.delete_cookie(COOKIE, path=request.script_name + "/")
    return answer


def _whose(request: Request) -> User | None:
    """Whose password this browser may choose."""
    return find_reset(request.db, request.cookies.get(COOKIE, ""), request.app.clock.now())


def _forgot(request: Request) -> dict[str, object]:
    _need_switched_on(request)
    return {**_frame(request), "error": "", "is_sent": False}


def _reset(request: Request, wrong: dict[str, str]) -> dict[str, object]:
    user = _whose(request)
    if user is None:
        request.response.status_int = 410
    elif wrong:
        request.response.status_int = 422
    return {
        **_frame(request),
        "username": user.name if user else "",
        "dead": "" if user else DEAD,
        "wrong": wrong,
        "hint": password_hint(request.app.config),
    }


def _frame(request: Request) -> dict[str, object]:
    return {
        "site_name": request.app.config.rtname,
        "login_url": request.route_path("login"),
        "forgot_url": request.route_path("forgot"),
        "reset_url": request.route_path("reset"),
    }


def _need_switched_on(request: Request) -> None:
    if not request.app.config.login.reset:
        raise HTTPNotFound()
