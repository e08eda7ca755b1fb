"""The vote under a page: did this help?"""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.identity.login import network_of
from rtpy.identity.rates import hit
from rtpy.web.staff.forms import texts_of
from rtpy_portal.knowledge.votes import vote
from rtpy_portal.web.knowledge.display import find_or_leave, page_url
from rtpy_portal.web.knowledge.reader import voter_with_cookie

IN_AN_HOUR = 60
"""Votes from one network address; more are thanked for and not counted."""


@view_config(
    route_name="portal.knowledge.vote",
    request_method="POST",
    renderer="portal/knowledge/page.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def save_vote(resource: SystemResource, request: Request) -> Mapping[str, object] | HTTPSeeOther:
    """`helped` is yes or no; with no also why. The last vote of an account or browser counts."""
    page = find_or_leave(request)
    if isinstance(page, Mapping):
        return page
    given, work = texts_of(request), request.app.work_in(request.db)
    answer = HTTPSeeOther(page_url(request, page, "helped", done="thanks"))
    helped = given.get("helped", "")
    key = f"portal:vote:{network_of(request.peer)}"
    if helped in ("yes", "no") and hit(request.db, key, 3600, work.now) <= IN_AN_HOUR:
        reason, said = given.get("reason", ""), given.get("said", "")
        vote(
            work,
            page,
            voter_with_cookie(request, answer),
            helped=helped == "yes",
            reason=reason,
            said=said,
        )
    return answer
