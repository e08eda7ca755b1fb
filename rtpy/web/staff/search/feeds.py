"""One's own feeds: addresses for calendars and news readers, made for a search, shown once, revoked one by one."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.feed_keys import feed_keys_of, make_feed_key, revoke_feed_key
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import FeedKey
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import Precedence, QueryError, parse
from rtpy.search.language.printer import show
from rtpy.search.run import Search, check
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.search.asked import zone_of

MOST_TYPED = 100
EXAMPLE = "Owner = '__CurrentUser__' AND Status = '__Active__'"


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed; `search_url` shows what is in it."""

    row: FeedKey
    search_url: str


@view_config(
    route_name="search.feeds", request_method="GET", renderer="staff/search/feeds.pt", permission=STAFF
)
def feeds(resource: SystemResource, request: Request) -> dict[str, object]:
    """The reader's feeds, and a form for another one; `Query`, `Precedence` and `name` in the address fill it."""
    given = {
        "name": request.GET.get("name", "")[:MOST_TYPED],
        "query": request.GET.get("Query", ""),
        "precedence": request.GET.get("Precedence", ""),
    }
    return _page(request, given, {})


@view_config(
    route_name="search.feeds", request_method="POST", renderer="staff/search/feeds.pt", permission=STAFF
)
def feeds_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Revoke one (`revoke` is its number), or make one; its addresses are in this answer and never again."""
    work, given = request.work, texts_of(request)
    if "revoke" in given:
        number = given["revoke"]
        revoke_feed_key(
            work, int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        )
        request.flash("The feed is revoked. Whoever has its address gets nothing any more.")
        return HTTPSeeOther(request.route_path("search.feeds"))
    try:
        query = _read(request, given)
        with work.db.begin_nested():
            key, row = make_feed_key(work, given.get("name", ""), query)
    except Invalid as invalid:
        return _page(request, given, problems_of(invalid))
    except (QueryError, CannotSearch) as wrong:
        place = f"Column {wrong.column}: " if isinstance(wrong, CannotSearch) and wrong.column else ""
        return _page(request, given, {"query": f"{place}{wrong}"})
    except Refused as refused:
        return _page(request, given, {"": str(refused)})
    made = {kind: request.route_url("search.feed", key=key, kind=kind) for kind in ("ics", "rss")}
    return _page(request, {}, {}, row.name, made)


def _read(request: Request, given: Mapping[str, str]) -> str:
    """The query with every level in parentheses; raises QueryError or CannotSearch."""
    rule = Precedence.SQL if given.get("precedence") == "sql" else Precedence.RT
    node = parse(given.get("query", "").replace("\x00", ""), precedence=rule).node
    check(request.work, Search(node=node, zone=zone_of(request)))
    return show(node) if node is not None else ""


def _page(
    request: Request,
    given: Mapping[str, str],
    problems: Mapping[str, str],
    made_name: str = "",
    made: Mapping[str, str] | None = None,
) -> dict[str, object]:
    if problems:
        request.response.status_int = 422
    path = request.route_path
    keys = feed_keys_of(request.db, request.actor.user_id)
    fields = (
        Field(
            "name",
            "Name",
            given.get("name", ""),
            hint="As your calendar will call it.",
            error=problems.get("name", ""),
            required=True,
        ),
        Field(
            "query",
            "Search",
            given.get("query", ""),
            "textarea",
            hint=f"Empty: all tickets that you may see. For example: {EXAMPLE}",
            error=problems.get("query", ""),
            rows=3,
        ),
    )
    return {
        "title": "My feeds",
        "crumbs": (Link("Home", path("home")), Link("My feeds", path("search.feeds"))),
        "lines": [FeedLine(each, path("search.results", _query={"Query": each.query})) for each in keys],
        "fields": fields,
        "precedence": given.get("precedence", ""),
        "problems": [(f"field-{name}" if name else None, sentence) for name, sentence in problems.items()],
        "made_name": made_name,
        "made": made or {},
        "here_url": path("search.feeds"),
    }
