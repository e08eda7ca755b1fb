"""Lists of tickets: filtered by the address's query, sorted by any column, a page at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.changes.people import find_person
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization, Queue, User
from rtpy.rights.names import Right
from rtpy.search.lists import COUNT_LIMIT, Page, Sort, TicketFilter, list_tickets
from rtpy.web.shown import Column, Link, Pages
from rtpy.web.staff.rows import show_rows, statuses

PER_PAGE = (25, 50, 100)
USUAL = 50
DEEPEST = 1000
"""Pages beyond this are not counted up to: nobody reads so far, and it costs the database."""

COLUMNS = (
    ("#", Sort.ID),
    ("Subject", Sort.SUBJECT),
    ("Status", Sort.STATUS),
    ("Priority", Sort.PRIORITY),
    ("Owner", Sort.OWNER),
    ("Queue", Sort.QUEUE),
    ("Updated", Sort.UPDATED),
    ("Due", Sort.DUE),
)
LATEST_FIRST = frozenset({Sort.ID, Sort.UPDATED, Sort.CREATED, Sort.PRIORITY})
"""Sorted downwards at the first click."""

KEPT = ("queue", "status", "owner", "organization", "requestor", "due", "q", "sort", "order", "per_page")
Urls = Callable[..., str]
"""The address of the same list with some values changed; None takes one away."""

GROUPS = (("active", "Open"), ("inactive", "Closed"), ("all", "All"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filter, in words too, and how to show it."""

    wanted: TicketFilter
    words: tuple[str, ...]
    sort: Sort
    descending: bool
    number: int
    per_page: int


@view_config(
    route_name="ticket.list", request_method="GET", renderer="staff/ticket/list.pt", permission=STAFF
)
def show_list(resource: SystemResource, request: Request) -> dict[str, object]:
    """All tickets that the reader may see and that the query asks for."""
    asked = read_asked(request, request.GET)
    title = "My tickets" if request.GET.get("owner") == "me" else "Tickets"
    if request.GET.get("q"):
        title = f"Tickets with “{request.GET['q'][:80]}”"
    return list_page(
        request, asked, "ticket.list", {}, title, "Change the filters above, or make a new ticket."
    )


def list_page(
    request: Request, asked: Asked, route: str, places: Mapping[str, object], title: str, empty_text: str
) -> dict[str, object]:
    """The values of staff/ticket/list.pt; `route` with `places` is the page's own address."""
    page = list_tickets(
        request.db,
        request.work.rights.of(Right.SHOW_TICKET),
        asked.wanted,
        sort=asked.sort,
        descending=asked.descending,
        number=asked.number,
        per_page=asked.per_page,
        now=request.work.now,
    )
    kept = {name: value for name, value in request.GET.items() if name in KEPT and value}

    def url(**changed: object) -> str:
        query = {name: value for name, value in {**kept, **changed}.items() if value not in (None, "")}
        path: str = request.route_path(route, **places, _query=query or None)
        return path

    return {
        "title": title,
        "filters": asked.words,
        "clear_url": request.route_path(route, **places) if asked.words else None,
        "crumbs": (Link("Home", request.route_path("home")),),
        "tabs": _tabs(request, url),
        "rows": show_rows(request, page.rows),
        "columns": tuple(_column(label, sort, asked, url) for label, sort in COLUMNS),
        "pages": show_pages(page, url),
        "empty_text": empty_text,
        "form": _form(request, route, kept),
        "form_url": request.route_path(route, **places),
    }


def read_asked(request: Request, given: Mapping[str, str], *, queue: Queue | None = None) -> Asked:
    """What these names and values ask for; what makes no sense is left out."""
    words: list[str] = []
    sort = next((each for each in Sort if each == given.get("sort", "")), Sort.UPDATED)
    order = given.get("order", "")
    wanted = TicketFilter(
        statuses=_statuses(request, given.get("status", "")),
        queue_id=queue.id if queue else _queue(request, given.get("queue", ""), words),
        owner_id=_owner(request, given.get("owner", ""), words),
        organization_id=_organization(request, given.get("organization", ""), words),
        requestor_id=_requestor(request, given.get("requestor", ""), words),
        overdue_at=_overdue(request, given.get("due", ""), words),
        words=given.get("q", "")[:200].replace("\x00", ""),
    )
    if wanted.words:
        words.append(f"“{wanted.words}” in the subject")
    per_page = _number(given.get("per_page", ""), USUAL)
    return Asked(
        wanted,
        tuple(words),
        sort,
        order == "desc" or (order != "asc" and sort in LATEST_FIRST),
        min(_number(given.get("page", ""), 1), DEEPEST),
        per_page if per_page in PER_PAGE else USUAL,
    )


def show_pages(page: Page, url: Urls) -> Pages:
    """The pager for a page of a list."""
    last = page.number * page.per_page
    first = last - page.per_page + 1 if page.rows else 0
    count = -(-page.total // page.per_page) if page.total_is_exact else page.number + 1
    near = {
        1,
        page.number - 1,
        page.number,
        page.number + 1,
        count if page.total_is_exact else page.number + 1,
    }
    numbers: list[Link | None] = []
    before = 0
    for number in sorted(each for each in near if 1 <= each <= max(count, 1)):
        if number > before + 1:
            numbers.append(None)
        numbers.append(
            Link(str(number), url(page=number if number > 1 else None), current=number == page.number)
        )
        before = number
    return Pages(
        first,
        min(last, first + len(page.rows) - 1) if page.rows else 0,
        page.total if page.total_is_exact else f"more than {COUNT_LIMIT}",
        tuple(numbers),
        previous_url=url(page=page.number - 1 if page.number > 2 else None) if page.number > 1 else None,
        next_url=url(page=page.number + 1) if page.has_next else None,
    )


def _tabs(request: Request, url: Urls) -> tuple[Link, ...]:
    chosen = request.GET.get("status", "") or "active"
    tabs = [
        Link(label, url(status=group if group != "active" else None), chosen == group)
        for group, label in GROUPS
    ]
    own = [
        Link(label, url(status=status), chosen == status)
        for status, (label, _) in statuses(request.app).items()
        if status != "deleted"
    ]
    return tuple(tabs + own)


def _column(label: str, sort: Sort, asked: Asked, url: Urls) -> Column:
    is_now = asked.sort is sort
    down = not asked.descending if is_now else sort in LATEST_FIRST
    direction = ("descending" if asked.descending else "ascending") if is_now else None
    return Column(label, url(sort=sort.value, order="desc" if down else "asc", page=None), direction)


def _form(request: Request, route: str, kept: Mapping[str, str]) -> dict[str, object]:
    """The filters as a form: what it shows chosen, and what it carries along."""
    owner = kept.get("owner", "")
    return {
        "q": kept.get("q", ""),
        "owner": owner,
        "queue": kept.get("queue", ""),
        "queues": request.queues_seen if route == "ticket.list" else (),
        "due": kept.get("due", ""),
        "per_page": kept.get("per_page", str(USUAL)),
        "sizes": tuple(str(size) for size in PER_PAGE),
        "hidden": tuple(
            (name, value)
            for name, value in kept.items()
            if name in ("status", "organization", "requestor", "sort", "order")
        ),
    }


def _statuses(request: Request, given: str) -> tuple[str, ...]:
    lifecycles = request.app.lifecycles
    if given in ("", "active"):
        return tuple(lifecycles.active_statuses())
    if given == "inactive":
        return tuple(each for each in lifecycles.inactive_statuses() if each != "deleted")
    return (given.lower(),) if given.lower() in statuses(request.app) else ()


def _queue(request: Request, given: str, words: list[str]) -> int | None:
    for queue_id, name in request.queues_seen:
        if given and given in (str(queue_id), name):
            words.append(f"queue {name}")
            return int(queue_id)
    return None


def _owner(request: Request, given: str, words: list[str]) -> int | None:
    if given == "me":
        words.append("owned by me")
        return int(request.login.user_id)
    if given == "nobody":
        words.append("without an owner")
        return int(request.app.nobody_id(request.db))
    user = _user(request, given)
    if user is not None:
        words.append(f"owned by {user.display_name}")
    return user.id if user else None


def _requestor(request: Request, given: str, words: list[str]) -> int | None:
    user = _user(request, given)
    if user is not None:
        words.append(f"requested by {user.display_name}")
    return user.id if user else (-1 if given else None)


def _user(request: Request, given: str) -> User | None:
    if not given:
        return None
    found: User | None = request.db.get(User, int(given)) if _is_id(given) else find_person(request.db, given)
    return found


def _organization(request: Request, given: str, words: list[str]) -> int | None:
    found = request.db.get(Organization, int(given)) if _is_id(given) else None
    if found is not None:
        words.append(found.name)
    return found.id if found else None


def _overdue(request: Request, given: str, words: list[str]) -> datetime | None:
    if given != "past":
        return None
    words.append("overdue")
    now: datetime = request.work.now
    return now


def _number(given: str, otherwise: int) -> int:
    return (
        int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 7 and int(given) else otherwise
    )


def _is_id(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 19
