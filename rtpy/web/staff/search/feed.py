"""A feed itself, fetched by its key without a login: it shows what its user may see now."""

from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.changes.feed_keys import Feed, find_feed, note_feed_used
from rtpy.http.resources import SystemResource
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import QueryError, parse
from rtpy.search.out.calendar import write_calendar
from rtpy.search.out.entries import dated, newest
from rtpy.search.out.news import write_news
from rtpy.search.patience import TookTooLong
from rtpy.work import Actor, Face, Work

RETRY_AFTER = 600
"""Seconds until a reader is to ask again when a search took too long."""
TYPES = {"ics": "text/calendar", "rss": "application/rss+xml"}


@view_config(route_name="search.feed", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def feed(resource: SystemResource, request: Request) -> Response:
    """The calendar (.ics) or the news (.rss); 404 in plain words for a key that is good for nothing.

    503 when the search takes too long. Cookies do not count. Who has it already (ETag) gets 304. A search that makes
    no sense any more is an empty feed.
    """
    found = find_feed(request.db, request.matchdict["key"], request.app.clock.now())
    if found is None:
        return Response("There is no such feed.\n", status=404, content_type="text/plain", charset="utf-8")
    actor = Actor(found.user_id, found.user_name, Face.WEB)
    try:
        body = _write(request, request.app.work_in(request.db, actor), found)
    except TookTooLong as late:
        again = {"Retry-After": str(RETRY_AFTER)}
        return Response(f"{late}\n", status=503, content_type="text/plain", charset="utf-8", headers=again)
    if found.is_use_due:
        with request.app.work(actor) as work:
            note_feed_used(work, found.id)
    response = Response(body, content_type=TYPES[request.matchdict["kind"]], charset="utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.etag = sha256(body).hexdigest()[:32]
    response.conditional_response = True
    return response


def _write(request: Request, work: Work, found: Feed) -> bytes:
    zone, kind = _zone(found.timezone), request.matchdict["kind"]

    def url(ticket_id: int) -> str:
        address: str = request.route_url("ticket.display", id=ticket_id)
        return address

    try:
        node = parse(found.query).node
        entries = (dated if kind == "ics" else newest)(work, node, zone, url)
    except TookTooLong:
        raise  # an empty calendar would take all its events away
    except (QueryError, CannotSearch):
        entries = []
    if kind == "ics":
        return write_calendar(found.name, entries, site=request.app.config.organization, zone=zone)
    return write_news(
        found.name, entries, url=request.route_url("search.results", _query={"Query": found.query})
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
