"""Suggestions while somebody types: a piece of the form, for its script."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy_portal.access.reader import reader_of
from rtpy_portal.asking.suggesting import LONGEST, suggest
from rtpy_portal.web.asking.place import visitor_here
from rtpy_portal.web.asking.showing import piece
from rtpy_portal.web.frame import language_of

SHORTEST = 8
"""Characters from which on it is worth looking."""


@view_config(route_name="portal.asking.suggestions", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def suggest_piece(resource: SystemResource, request: Request) -> Response:
    """`?q=`: what was typed so far; the answer is the list as HTML, empty when nothing fits."""
    visitor = visitor_here(request)
    reader = reader_of(visitor, language_of(request))
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    work = request.app.work_in(request.db)
    found = suggest(work, visitor, reader, words) if len(words) >= SHORTEST else []
    answer = Response(str(piece(request, found)) if found else "", content_type="text/html", charset="utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer
