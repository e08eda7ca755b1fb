"""Saved searches: kept under a name, changed, deleted, pinned to the menu, made the list of a queue."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.saved_searches import (
    change_search,
    delete_search,
    pin_search,
    save_search,
    set_queue_search,
    unpin_search,
)
from rtpy.errors import Invalid, NotFound, Problem, RtpyError
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Queue, SavedSearch
from rtpy.rights.names import Right
from rtpy.rights.sharing import SAVED_SEARCHES
from rtpy.search.saved import open_search, pinned, plain_content, saved_searches, target_of
from rtpy.web.shown import Link
from rtpy.web.staff.search.asked import NOTHING, address, is_number, posted, read_content, settle
from rtpy.web.staff.search.kinds import KINDS, kind_in
from rtpy.web.staff.search.sharing import read_owner


@view_config(route_name="search.save", request_method="POST", permission=STAFF)
def save(resource: SystemResource, request: Request) -> Response:
    """`do`: `new` keeps what the form carries under a name, `change` puts it into the saved search it began with."""
    given, work = posted(request), request.work
    content = read_content(given, NOTHING)
    deed = given.get("do", "new")
    saved = open_search(work, int(given["saved"])) if is_number(given.get("saved", "")) else None
    asked = settle(request, content, kind_in(given), saved=saved)
    values = {"name": given.get("name", ""), "description": given.get("description", "")}
    try:
        if wrong_with_it := asked.problem or asked.format_problem:
            raise Invalid(Problem("query", f"This search is not saved. {wrong_with_it}"))
        owner = read_owner(request, given.get("owner", "me"))
        if deed == "change" and saved is not None:
            row = _row(request, saved.id)
            change_search(work, row, content=plain_content(content), owner_id=owner, **values)
        else:
            kind = KINDS[asked.kind].saved
            row = save_search(work, content=plain_content(content), owner_id=owner, kind=kind, **values)
    except RtpyError as wrong:
        request.flash(_sentence(wrong), "bad")
        return HTTPSeeOther(address(request, asked))
    request.flash(f"Saved as {row.name}.", "ok")
    return HTTPSeeOther(request.route_path("search.results", _query={"saved": row.id}))


@view_config(
    route_name="search.saved", request_method="GET", renderer="staff/search/saved.pt", permission=STAFF
)
def list_saved(resource: SystemResource, request: Request) -> dict[str, object]:
    """All that the reader may open, with whose they are. Three queries."""
    work = request.work
    mine = {search_id for search_id, _ in pinned(work)}
    groups: dict[str, list[dict[str, object]]] = {"My own": [], "Of my groups": [], "For everybody": []}
    known = saved_searches(work, None)
    for each in known:
        heading = "For everybody" if each.owner_id is None else "Of my groups" if each.is_group else "My own"
        groups[heading].append(
            {
                "saved": each,
                "kind": "" if each.kind == "ticket" else KINDS[target_of(each.kind)].title,
                "url": request.route_path("search.results", _query={"saved": each.id}),
                "is_pinned": each.id in mine,
            }
        )
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Search", request.route_path("search.results")),
        ),
        "groups": [(heading, lines) for heading, lines in groups.items() if lines],
        "queues": _queues(request),
        "everybodys": [each for each in known if each.owner_id is None and each.kind == "ticket"],
    }


@view_config(route_name="search.saved", request_method="POST", permission=STAFF)
def change_saved(resource: SystemResource, request: Request) -> Response:
    """`do`: `pin`, `unpin`, `delete` one of them; `queue` makes one the list of a queue."""
    given, work = posted(request), request.work
    number = int(given["id"]) if is_number(given.get("id", "")) else 0
    deed = given.get("do")
    try:
        if deed == "pin":
            pin_search(work, _row(request, number))
        elif deed == "unpin":
            unpin_search(work, number)
        elif deed == "delete":
            delete_search(work, _row(request, number))
            request.flash("The saved search is deleted.", "ok")
        elif deed == "queue":
            queue = request.db.get(Queue, int(given["queue"])) if is_number(given.get("queue", "")) else None
            if queue is None:
                raise NotFound("Choose a queue of the list.")
            set_queue_search(work, queue, _row(request, number) if number else None)
            request.flash(f"The list of {queue.name} is changed.", "ok")
    except RtpyError as wrong:
        request.flash(_sentence(wrong), "bad")
    return HTTPSeeOther(request.route_path("search.saved"))


def _row(request: Request, search_id: int) -> SavedSearch:
    """The saved search, if the reader may see it; else NotFound."""
    row = request.db.get(SavedSearch, search_id)
    if (
        row is None
        or row.disabled
        or not SAVED_SEARCHES.sees(request.work.rights, request.work.actor.user_id, row.owner_id)
    ):
        raise NotFound("There is no such saved search, or it is not shared with you.")
    found: SavedSearch = row
    return found


def _queues(request: Request) -> list[tuple[int, str]]:
    """The queues whose list the reader may choose."""
    admin = request.work.rights.of(Right.ADMIN_QUEUE)
    rows = request.db.execute(
        select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.name)
    )
    return [(row.id, row.name) for row in rows if admin.in_queue(row.id)]


def _sentence(error: RtpyError) -> str:
    return (
        " ".join(problem.message for problem in error.problems) if isinstance(error, Invalid) else str(error)
    )
