"""One's second factor: whether there is one, new recovery codes, and taking it off."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN
from rtpy.identity.accounts import confirm_password
from rtpy.identity.second_factor.factor import renew_codes, standing_of, take_off
from rtpy.identity.second_factor.required import groups_asking
from rtpy.models import User
from rtpy.web.forms import Field
from rtpy.web.second_factor.set_up import need_own_login, set_up_page, told
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.people.account import account_tabs


@view_config(
    route_name="second_factor.overview",
    request_method="GET",
    renderer="second_factor/overview.pt",
    permission=LOGGED_IN,
)
def overview(resource: SystemResource, request: Request) -> dict[str, object]:
    """Where the reader stands."""
    need_own_login(request)
    return _page(request, {})


@view_config(
    route_name="second_factor.overview",
    request_method="POST",
    renderer="second_factor/overview.pt",
    permission=LOGGED_IN,
)
def overview_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: codes or off, both with `password`. It returns and does not raise, so that wrong passwords count."""
    work, given = request.work, texts_of(request)
    try:
        confirm_password(work, given.get("password", ""), field="password")
        if given.get("deed") == "codes":
            page = set_up_page(request, request.route_path("second_factor.overview"), codes=renew_codes(work))
            request.override_renderer = "second_factor/set_up.pt"
            return page
        take_off(work)
    except (Invalid, Refused) as wrong:
        return _page(request, told(request, wrong))
    request.flash(
        "The second factor is taken off: from now on your password alone opens your account.", "info"
    )
    return HTTPSeeOther(request.route_path("second_factor.overview"))


def _page(request: Request, wrong: dict[str, str]) -> dict[str, object]:
    user_id = request.login.user_id
    me = request.db.get_one(User, user_id)
    password = Field(
        "password",
        "Your password",
        kind="password",
        error=wrong.get("password", ""),
        required=True,
        autocomplete="current-password",
    )
    return {
        "crumbs": (Link("Home", request.route_path("home")),),
        "tabs": account_tabs(request) if request.login.is_privileged else (),
        "here_url": request.route_path("second_factor.overview"),
        "set_up_url": request.route_path("second_factor.set_up"),
        "standing": standing_of(request.db, user_id),
        "asking": groups_asking(request.db, user_id),
        "fields": (password,) if me.password_hash is not None else (),
        "problems": [(f"field-{name}" if name else None, sentence) for name, sentence in wrong.items()],
    }
