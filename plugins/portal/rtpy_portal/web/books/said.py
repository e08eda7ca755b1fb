"""How pages of knowledge are named and marked on pages for staff."""

from collections.abc import Sequence
from datetime import date

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.web.shown import Link
from rtpy_portal.knowledge.content import page_path
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.models import Page

AUDIENCES = {
    Audience.EVERYONE: "Everybody",
    Audience.ORGANIZATIONS: "Certain organisations",
    Audience.STAFF: "Staff only",
}
LANGUAGES = {"en": "English", "de": "German"}


def knowledge_crumbs(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page about knowledge."""
    path = request.route_path
    return (Link("Home", path("home")), Link("Knowledge", path("portal.books.list")), *further)


def page_link(request: Request, page: Page) -> Link:
    """To a page as its writers see it."""
    return Link(page.title, request.route_path("portal.books.display", id=page.id))


def language_name(code: str) -> str:
    """`German` for `de`; the code where we have no name."""
    return LANGUAGES.get(code, code)


def today_of(request: Request) -> date:
    """The day on the reader's calendar."""
    found: date = request.app.clock.now().astimezone(request.zone).date()
    return found


def public_url(request: Request, page: Page) -> str:
    """The whole address under which readers find it for ever."""
    base: str = request.app.config.base_url
    return base + page_path(page.id, page.slug)


def find_page_of(request: Request) -> Page:
    """The page whose number stands in the address; 404 when there is none."""
    page: Page | None = request.db.get(Page, int(request.matchdict["id"]))
    if page is None:
        raise HTTPNotFound()
    return page


def named(count: int, one: str, many: str) -> str:
    """`1 page`, `3 pages`."""
    return f"{count} {one if count == 1 else many}"


Badges = Sequence[tuple[str, str]]
"""(tone, words) each."""
