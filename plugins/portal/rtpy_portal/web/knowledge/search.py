"""Searching in knowledge: the words are counted when the form is sent, and the answer has an address of its own."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.identity.login import network_of
from rtpy.identity.rates import hit
from rtpy.web.staff.forms import texts_of
from rtpy.work import Work
from rtpy_portal.knowledge.searching import Results, search
from rtpy_portal.knowledge.statistics import note_search
from rtpy_portal.web.frame import frame
from rtpy_portal.web.knowledge.reader import reader

LONGEST = 200
COUNTED_IN_AN_HOUR = 60
"""Searches of one network address that are counted: nobody shall fill the report."""


@view_config(
    route_name="portal.knowledge.home",
    request_method="GET",
    request_param="q",
    renderer="portal/knowledge/search.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_results(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """`?q=` words. Nothing is written down of it."""
    words = _tidy(request.GET.get("q", ""))
    results = search(_work(request), reader(request), words) if words else Results()
    return frame(request, request.portal_say("Search in knowledge"), words=words, results=results)


@view_config(route_name="portal.knowledge.home", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def count_search(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """Count the words without who looked for them, of staff not at all; then to the results."""
    words = _tidy(texts_of(request).get("q", ""))
    who, work = reader(request), _work(request)
    if words and not who.is_staff:
        times = hit(request.db, f"portal:search:{network_of(request.peer)}", 3600, work.now)
        if times <= COUNTED_IN_AN_HOUR:
            note_search(work, words, len(search(work, who, words).pages))
    return HTTPSeeOther(request.route_path("portal.knowledge.home", _query={"q": words}))


def _tidy(words: str) -> str:
    return " ".join(words.replace("\0", " ").split())[:LONGEST]


def _work(request: Request) -> Work:
    found: Work = request.app.work_in(request.db)
    return found
