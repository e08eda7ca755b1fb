"""The link of a mail: the key goes from the address into a cookie, and the browser on to the request."""

from collections.abc import Mapping
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.identity.login import network_of
from rtpy.identity.rates import hit
from rtpy_portal.access.keys import TARGETS, find_key
from rtpy_portal.web.access.lost import lost_values
from rtpy_portal.web.visitors import request_path, with_key

WRONG_IN_AN_HOUR = 60
"""Links that open nothing, from one network; a good one always opens."""


@view_config(
    route_name="portal.access.key",
    request_method="GET",
    renderer="portal/access/lost.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def open_by_key(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """On to the request, or to one of TARGETS; one and the same page for all keys that open nothing.

    Nothing is written for a good key, and nobody is logged in: what opens links of mails by itself changes nothing.
    """
    token = request.matchdict["token"]
    opened = find_key(request.app, request.db, token)
    if opened is None:
        request.response.status_int = 410 if _count(request) else 429
        return lost_values(request, is_dead=True)
    then, allowed = TARGETS.get(request.GET.get("to", ""), TARGETS[""])
    query = {name: value for name, value in request.GET.items() if value in allowed.get(name, ())}
    path = request_path(request, opened.ticket_id, then) + (f"?{urlencode(query)}" if query else "")
    answer: Response = with_key(request, HTTPSeeOther(path), opened.ticket_id, token)
    return answer


def _count(request: Request) -> bool:
    """Count a link that opens nothing; False when these are too many."""
    with request.app.work() as work:
        counted = hit(work.db, f"portal wrong keys {network_of(request.peer)}", 3600, work.now)
    return counted <= WRONG_IN_AN_HOUR
