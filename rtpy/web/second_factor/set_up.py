"""Setting up one's second factor: the password again, a picture for the app, a first code, and the recovery codes."""

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.redirects import safe_path
from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN
from rtpy.identity.accounts import TooManyGuesses, confirm_password
from rtpy.identity.second_factor.codes import draw_picture, enrolment_address
from rtpy.identity.second_factor.factor import (
    begin_factor,
    confirm_factor,
    drop_unconfirmed,
    secret_being_set_up,
)
from rtpy.identity.sessions import find_session, start_session
from rtpy.models import User
from rtpy.web.letting_in import give_cookies, way_on
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="second_factor.set_up",
    request_method="GET",
    renderer="second_factor/set_up.pt",
    permission=LOGGED_IN,
)
def set_up_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The step at which it is."""
    need_own_login(request)
    return set_up_page(request, request.GET.get("next"))


@view_config(
    route_name="second_factor.set_up",
    request_method="POST",
    renderer="second_factor/set_up.pt",
    permission=LOGGED_IN,
)
def set_up_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: begin (with `password`), confirm (with `code`) or cancel. It returns, so that wrong passwords count."""
    work, given = request.work, texts_of(request)
    wanted, deed = given.get("next"), given.get("deed", "")
    try:
        if deed == "confirm":
            codes = confirm_factor(work, given.get("code", ""))
            _begin_anew(request)
            return set_up_page(request, wanted, codes=codes)
        if deed == "cancel":
            drop_unconfirmed(work.db, work.actor.user_id)
            return HTTPSeeOther(request.route_path("second_factor.overview"))
        confirm_password(work, given.get("password", ""), field="password")
        begin_factor(work)
    except (Invalid, Refused) as wrong:
        return set_up_page(request, wanted, problems=told(request, wrong))
    path = safe_path(request, wanted)
    query = {"next": path} if path != safe_path(request, None) else None
    return HTTPSeeOther(request.route_path("second_factor.set_up", _query=query))


@view_config(route_name="second_factor.picture", request_method="GET", permission=LOGGED_IN)
def picture(resource: SystemResource, request: Request) -> Response:
    """The QR code of the secret that is being set up; afterwards nobody sees it again."""
    need_own_login(request)
    address = _address(request)
    if address is None:
        raise HTTPNotFound()
    return Response(body=draw_picture(address), content_type="image/svg+xml")


def need_own_login(request: Request) -> None:
    """Raises HTTPForbidden for an administrator who sees as somebody else: secrets are not theirs to look at."""
    if request.real_login is not None:
        raise HTTPForbidden("Second factors are shown to their owners only.")


def told(request: Request, wrong: Invalid | Refused) -> dict[str, str]:
    """What is wrong, by field, with the status of the answer."""
    request.response.status_int = 422
    if isinstance(wrong, TooManyGuesses):
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(wrong.wait)
    return dict(problems_of(wrong)) if isinstance(wrong, Invalid) else {"": str(wrong)}


def set_up_page(
    request: Request,
    wanted: str | None,
    *,
    codes: list[str] | None = None,
    problems: dict[str, str] | None = None,
) -> dict[str, object]:
    """The values of second_factor/set_up.pt; with `codes` they are shown, once."""
    path = request.route_path
    secret = None if codes else secret_being_set_up(request.app, request.db, request.login.user_id)
    me = request.db.get_one(User, request.login.user_id)
    return {
        "site_name": request.app.config.rtname,
        "post_url": path("second_factor.set_up"),
        "picture_url": path("second_factor.picture"),
        "back_url": path("second_factor.overview"),
        "logout_url": path("logout"),
        "next_url": safe_path(request, wanted),
        "on_url": way_on(request, wanted),
        "must": request.login.lacks_second_factor,
        "has_one": request.login.has_second_factor,
        "account": me.name,
        "has_password": me.password_hash is not None,
        "secret": _grouped(secret) if secret else "",
        "app_url": _address(request) if secret else "",
        "codes": codes or (),
        "wrong": problems or {},
    }


def _address(request: Request) -> str | None:
    secret = secret_being_set_up(request.app, request.db, request.login.user_id)
    if secret is None:
        return None
    return enrolment_address(secret, request.login.name, request.app.config.rtname)


def _begin_anew(request: Request) -> None:
    """All sessions ended with the confirmation: this browser gets a new one (A34), and this page its token."""
    app, login = request.app, request.login
    token = start_session(
        request.db,
        login.user_id,
        now=app.clock.now(),
        days=app.config.web.session_days,
        peer=request.peer,
        user_agent=request.user_agent or "",
    )
    give_cookies(request, request.response, login.user_id, token)
    request.__dict__["login"] = find_session(request.db.connection(), token, app.clock.now())
    request.__dict__.pop("session", None)


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
