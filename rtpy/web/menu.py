"""What stands in the frame of every page: who is here, the menu, the search box, the minutes of today."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.request import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.mail.review import queues_with_review
from rtpy.models import Queue
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.search.saved import pinned
from rtpy.web.admin.pages import pages_for
from rtpy.web.avatars import person_avatar
from rtpy.web.html import Html
from rtpy.web.shown import Link, Person
from rtpy.web.staff.worktime import Spent, worked_today
from rtpy.web.templating import NavEntry, NavGroup
from rtpy.web.times import bind_when

MOST_QUEUES = 30
"""More than these are only in the list of queues."""


def includeme(config: Configurator) -> None:
    """Properties of the request, each worked out at its first use."""
    for make in (zone, when, queues_seen, nav, search_url, new_ticket_url, today, minutes_today, actor_links):
        config.add_request_method(make, reify=True)
    config.add_subscriber(_name_actor, BeforeRender)


def zone(request: Request) -> tzinfo:
    """Where the reader lives, as far as clocks go."""
    try:
        return ZoneInfo(request.login.timezone) if request.login and request.login.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def when(request: Request) -> "partial[Html]":
    """`show_when` for this reader and this page."""
    return bind_when(request.app.clock.now(), request.zone)


def queues_seen(request: Request) -> list[tuple[int, str]]:
    """Id and name of the open queues that the reader may see, in their order. No query as a rule."""
    sees = request.work.rights.of(Right.SEE_QUEUE)
    known = remembered(request.app, request.db, "web.queues", _open_queues)
    return [each for each in known if sees.in_queue(each[0])]


def nav(request: Request) -> tuple[NavGroup, ...]:
    """The main menu; nothing for customers and for nobody."""
    if request.login is None or not request.login.is_privileged:
        return ()
    here, path = request.path, request.route_path
    me = path("ticket.list", _query={"owner": "me", "sort": "urgency"})
    first = (
        NavEntry("Home", path("home"), "home", current=here == path("home")),
        NavEntry("My tickets", me, "ticket", current=_is_mine(request)),
        NavEntry("All tickets", path("ticket.list"), "list", current=_is_list(request)),
        _entry(request, "Dashboards", "dashboard.list", "eye"),
        _entry(request, "Bookmarks", "search.bookmarks", "star"),
        _entry(request, "Saved searches", "search.saved", "search"),
        _entry(request, "Queues", "queue.list", "queue"),
        _entry(request, "People", "people.list", "users"),
        _entry(request, "Organisations", "organization.list", "building"),
    )
    groups = [NavGroup((*first, *_things(request)))]
    groups.extend(_brought(request))
    searches = tuple(
        NavEntry(
            name,
            path("search.results", _query={"saved": number}),
            "search",
            current=_is_search(request, number),
        )
        for number, name in pinned(request.work)
    )
    if searches:
        groups.append(NavGroup(searches, "Searches"))
    queues = tuple(
        NavEntry(name, url := path("queue.display", id=queue_id), "inbox", current=here == url)
        for queue_id, name in request.queues_seen[:MOST_QUEUES]
    )
    if queues:
        groups.append(NavGroup(queues, "Queues"))
    if request.work.rights.system(Right.SHOW_CONFIG_TAB):
        groups.append(NavGroup(_administration(request), "Administration"))
    return tuple(groups)


def search_url(request: Request) -> str | None:
    """Where the search box leads."""
    return request.route_path("search.results") if _is_staff(request) else None


def new_ticket_url(request: Request) -> str | None:
    """Where a new ticket is made; None for who may make none anywhere."""
    may = _is_staff(request) and not request.work.rights.of(Right.CREATE_TICKET).nowhere
    return request.route_path("ticket.create") if may else None


def today(request: Request) -> tuple[Spent, ...]:
    """What the reader worked today. One query."""
    return worked_today(request.db, request.login.user_id, request.app.clock.now(), request.zone)


def minutes_today(request: Request) -> int | None:
    """Their sum; None for who is not staff."""
    return sum(spent.minutes for spent in request.today) if _is_staff(request) else None


def actor_links(request: Request) -> tuple[Link, ...]:
    """The lines of the reader's own menu."""
    if not _is_staff(request):
        return ()
    me = request.login.user_id
    return (
        Link("My page", request.route_path("people.display", id=me), icon="user"),
        Link("My account", request.route_path("people.account"), icon="settings"),
        Link("My tokens", request.route_path("people.tokens"), icon="lock"),
        Link("My feeds", request.route_path("search.feeds"), icon="calendar"),
        Link("For programs", request.route_path("rest2.page"), icon="link"),
    )


def _open_queues(db: Session) -> list[tuple[int, str]]:
    rows = db.execute(
        select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.sort_order, Queue.name)
    )
    return [(row.id, row.name) for row in rows]


def _things(request: Request) -> Iterator[NavEntry]:
    rights = request.work.rights
    if rights.system(Right.SHOW_ARTICLES_MENU):
        yield _entry(request, "Articles", "article.list", "file")
    if rights.system(Right.SHOW_ASSETS_MENU):
        yield _entry(request, "Assets", "asset.list", "tag")
    if queues_with_review(request.app, request.db) != frozenset():
        yield _entry(request, "Mail to review", "mail.review", "mail")


def _brought(request: Request) -> Iterator[NavGroup]:
    """The lines of plugins, by their headings."""
    groups: dict[str, list[NavEntry]] = {}
    for each in (each for entries in reversed(request.app.hooks.rtpy_menu()) for each in entries):
        if not each.rights or any(not request.work.rights.of(right).nowhere for right in each.rights):
            count = each.count(request) if each.count else None
            entry = replace(_entry(request, request.label(each.label), each.route, each.icon), count=count)
            groups.setdefault(request.label(each.group), []).append(entry)
    # A line whose address stands below another one's is the one that is open, not both.
    here = max(
        (each.url for several in groups.values() for each in several if each.current), key=len, default=""
    )
    return (
        NavGroup(tuple(replace(each, current=each.current and each.url == here) for each in entries), label)
        for label, entries in groups.items()
    )


def _administration(request: Request) -> tuple[NavEntry, ...]:
    overview = _entry(request, "Overview", "admin.home", "settings", whole=True)
    return (overview, *(_entry(request, page.label, page.route, page.icon) for page in pages_for(request)))


def _entry(request: Request, label: str, route: str, icon: str, *, whole: bool = False) -> NavEntry:
    url = request.route_path(route)
    is_here = request.path == url or (not whole and request.path.startswith(url + "/"))
    return NavEntry(label, url, icon, current=is_here and not (route == "queue.list" and request.path != url))


def _is_search(request: Request, number: int) -> bool:
    return bool(
        request.path == request.route_path("search.results") and request.GET.get("saved") == str(number)
    )


def _is_list(request: Request) -> bool:
    return bool(request.path == request.route_path("ticket.list") and not _is_mine(request))


def _is_mine(request: Request) -> bool:
    return bool(request.path == request.route_path("ticket.list") and request.GET.get("owner") == "me")


def _is_staff(request: Request) -> bool:
    return request.login is not None and request.login.is_privileged


def _name_actor(event: BeforeRender) -> None:
    """The frame shows people by the names that people know."""
    request = event.get("request")
    login = getattr(request, "login", None)
    if login is not None and str(event.get("renderer_name", "")).endswith(".pt"):
        event["actor"] = Person(login.display_name, person_avatar(request, login.user_id, login.display_name))
