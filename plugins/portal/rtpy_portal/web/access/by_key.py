"""Who came by a key: whose it is, an own link for whom it is not, a new one, and an account."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.identity.rates import hit
from rtpy.models import User
from rtpy.plugin_settings import setting
from rtpy_portal.access.keys import COOKIE, rotate
from rtpy_portal.access.settings import LOGIN_LINKS
from rtpy_portal.access.visitor import Way
from rtpy_portal.access.wanted import Wanted, WantedKind, want
from rtpy_portal.mails.links import mail_key
from rtpy_portal.web.frame import frame
from rtpy_portal.web.visitors import RequestResource, request_path

NEW_ONES = 3
"""New links to one request for one person in an hour."""


def show_by_key(request: Request, about: RequestResource) -> Mapping[str, object] | None:
    """The piece beside a request, for who came by a key. No query."""
    if about.visitor.way is not Way.KEY:
        return None
    return {"name": about.visitor.name, "mine_url": request_path(request, about.ticket.id, "/mine")}


@view_config(
    route_name="portal.access.mine",
    request_method="GET",
    renderer="portal/access/mine.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def mine(about: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """Whose link it is, and what can be done about it; who has logged in needs none of it."""
    if about.visitor.way is not Way.KEY:
        return HTTPSeeOther(request_path(request, about.ticket.id))
    say = request.portal_say
    return frame(
        request,
        say("This link is for ${name}", name=about.visitor.name),
        number=about.ticket.id,
        back_url=request_path(request, about.ticket.id),
        lost_url=request.route_path("portal.access.lost", _query={"request": about.ticket.id}),
        renew_url=request_path(request, about.ticket.id, "/mine/renew"),
        account_url=request_path(request, about.ticket.id, "/mine/account"),
        has_links=setting(request.app, request.db, LOGIN_LINKS),
    )


@view_config(route_name="portal.access.renew", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def renew(about: RequestResource, request: Request) -> Response:
    """A new link by mail to whose key it is; the old one, and with it this browser's, opens nothing any more."""
    visitor, work = about.visitor, request.app.work_in(request.db)
    if visitor.way is Way.KEY:
        key = f"portal renewed {about.ticket.id} {visitor.user_id}"
        if hit(work.db, key, 3600, work.now) <= NEW_ONES:
            user = work.db.get_one(User, visitor.user_id)
            mail_key(work, about.ticket, user, rotate(work, about.ticket, user.id))
    answer = HTTPSeeOther(request.route_path("portal.access.lost", _query={"done": "sent"}))
    answer.delete_cookie(COOKIE, path=request_path(request, about.ticket.id))
    return answer


@view_config(route_name="portal.access.account", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def account(about: RequestResource, request: Request) -> Response:
    """A link to log in, to the address of whose key it is: there they choose a password, if they want one."""
    work = request.app.work_in(request.db)
    user = work.db.get_one(User, about.visitor.user_id)
    leads_to = request.route_path("portal.access.me")
    want(work, Wanted(WantedKind.LOGIN, user.email_address or "", leads_to=leads_to), request.peer)
    return HTTPSeeOther(request.route_path("portal.access.login", _query={"done": "sent"}))
