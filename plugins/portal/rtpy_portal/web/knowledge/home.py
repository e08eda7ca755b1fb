"""The first page of knowledge: a search box, the books, what is new."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy_portal.knowledge.shelves import books_for, newest
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.knowledge.reader import has_knowledge, reader

NEWEST = 6
ON_START = 4


@view_config(
    route_name="portal.knowledge.home",
    request_method="GET",
    renderer="portal/knowledge/home.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def home(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Open to everybody; what stands there is for who reads. Three queries."""
    who = reader(request)
    return frame(
        request,
        request.portal_say("Knowledge"),
        books=books_for(request.db, who),
        newest=newest(request.db, who, NEWEST),
        words="",
    )


def show_on_start(request: Request, _subject: object) -> Mapping[str, object] | None:
    """A search box and what is new, on the first page of the portal. Two queries, none where there is no page."""
    if not has_knowledge(request, request.portal_account):
        return None
    lines = newest(request.db, reader(request), ON_START)
    return {"newest": lines, "words": "", "language": language_of(request)}
