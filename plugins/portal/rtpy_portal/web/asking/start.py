"""The first page of the portal: what can be asked."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy_portal.access.reader import reader_of
from rtpy_portal.asking.topics import topics_for
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.visitors import visitor_of


@view_config(
    route_name="portal.start",
    request_method="GET",
    renderer="portal/asking/start.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def start(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Open to everybody: a tile for each topic that the reader sees. One query for members, else none."""
    visitor = visitor_of(request)
    reader = reader_of(visitor, language_of(request))
    path = request.route_path
    return frame(
        request,
        request.portal_say("How can we help?"),
        tiles=[
            (path("portal.asking.topic", id=each.id), each.icon, each.name, each.hint)
            for each in topics_for(request.app, request.db, reader)
        ],
        other_url=path("portal.asking.form"),
    )
