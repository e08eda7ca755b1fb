"""A user's tokens and feeds, as an administrator sees, revokes and (as super-user) makes them."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.feed_keys import feed_keys_of, revoke_feeds_of
from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.identity.issuing import revoke_token
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.users.frame import crumbs_of, find_account, need_changeable, tabs_of
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.web.staff.people.token_page import Made, make_token, token_values


@view_config(
    route_name="admin.users.tokens",
    request_method="GET",
    renderer="staff/people/tokens.pt",
    permission=Right.ADMIN_USERS,
)
def show_tokens(resource: SystemResource, request: Request) -> dict[str, object]:
    """Both lists."""
    return _page(request, find_account(request))


@view_config(
    route_name="admin.users.tokens",
    request_method="POST",
    renderer="staff/people/tokens.pt",
    permission=Right.ADMIN_USERS,
)
def change_tokens(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Revoke the token `revoke` or the feed `revoke_feed`, or make a token, shown once in this answer."""
    user, given = find_account(request), texts_of(request)
    need_changeable(request, user)
    if "revoke_feed" in given:
        ended = revoke_feeds_of(request.work, user, key_id=number_in(given["revoke_feed"]) or 0)
        request.flash("The feed is revoked." if ended else "There was nothing to revoke.")
    elif "revoke" in given:
        try:
            revoke_token(request.work, user, number_in(given["revoke"]) or 0)
            request.flash("The token is revoked: it opens nothing any more.")
        except NotFound as gone:
            request.flash(str(gone), "info")
    else:
        made, problems = make_token(request, user)
        return _page(request, user, made, problems)
    return HTTPSeeOther(request.route_path("admin.users.tokens", id=user.id))


def _page(
    request: Request, user: User, made: Made | None = None, problems: dict[str, str] | None = None
) -> dict[str, object]:
    page = token_values(
        request,
        user,
        title=user.display_name,
        here_url=request.route_path("admin.users.tokens", id=user.id),
        intro="With these, programs call in this user's name, and calendars and news readers fetch searches.",
        made=made,
        problems=problems,
        crumbs=admin_crumbs(request, *crumbs_of(request)),
        tabs=tabs_of(request, user),
    )
    return {**page, "feeds": feed_keys_of(request.db, user.id)}
