"""One's own tokens: with them one's programs log in."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.identity.issuing import may_issue, revoke_token
from rtpy.models import User
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.web.staff.people.account import account_tabs
from rtpy.web.staff.people.token_page import Made, make_token, token_values

INTRO = (
    "With a token a program calls in your name and needs no password. "
    "Make one for each program, and revoke it when in doubt."
)
NOT_ALLOWED = " To make one you need the right ManageAuthTokens: ask an administrator."


@view_config(
    route_name="people.tokens", request_method="GET", renderer="staff/people/tokens.pt", permission=STAFF
)
def tokens(resource: SystemResource, request: Request) -> dict[str, object]:
    """The reader's tokens, and the form for another one."""
    return _page(request)


@view_config(
    route_name="people.tokens", request_method="POST", renderer="staff/people/tokens.pt", permission=STAFF
)
def tokens_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Revoke one (`revoke` is its number), or make one; its text is in this answer and never again."""
    given, me = texts_of(request), _me(request)
    if "revoke" not in given:
        made, problems = make_token(request, me)
        return _page(request, made, problems)
    try:
        revoke_token(request.work, me, number_in(given["revoke"]) or 0)
        request.flash("The token is revoked: it opens nothing any more.")
    except NotFound as gone:
        request.flash(str(gone), "info")
    return HTTPSeeOther(request.route_path("people.tokens"))


def _me(request: Request) -> User:
    me: User = request.db.get_one(User, request.login.user_id)
    return me


def _page(
    request: Request, made: Made | None = None, problems: dict[str, str] | None = None
) -> dict[str, object]:
    return token_values(
        request,
        _me(request),
        title="My tokens",
        here_url=request.route_path("people.tokens"),
        intro=INTRO if may_issue(request.work, request.login.user_id) else INTRO + NOT_ALLOWED,
        made=made,
        problems=problems,
        crumbs=(Link("Home", request.route_path("home")),),
        tabs=account_tabs(request),
    )
