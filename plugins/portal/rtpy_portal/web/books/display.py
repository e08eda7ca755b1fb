"""A page as its writers see it: its text, how far it is, and what can be done with it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import or_, select

from rtpy.content.difference import difference
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Article, Organization, User
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.times import show_day, show_exact
from rtpy_portal.knowledge.content import readied, with_addresses
from rtpy_portal.knowledge.listing import standing
from rtpy_portal.knowledge.publishing import (
    ask_review,
    find_version,
    publish,
    send_back,
    unschedule,
    withdraw,
)
from rtpy_portal.knowledge.values import Audience, State
from rtpy_portal.knowledge.votes import tallies
from rtpy_portal.knowledge.writing import delete_draft, move_page, stamp_of
from rtpy_portal.models import Book, Chapter, Page, PageAudience
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import (
    AUDIENCES,
    find_page_of,
    knowledge_crumbs,
    language_name,
    public_url,
    today_of,
)
from rtpy_portal.words import languages

ASK, BACK, PUBLISH, UNSCHEDULE, WITHDRAW, UP, DOWN, DELETE = (
    "ask_review",
    "send_back",
    "publish",
    "unschedule",
    "withdraw",
    "up",
    "down",
    "delete",
)


@view_config(
    route_name="portal.books.display",
    request_method="GET",
    renderer="portal/books/display.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The working copy as readers would see it, and beside it everything about the page."""
    return _page(request, find_page_of(request), {}, "")


@view_config(
    route_name="portal.books.display",
    request_method="POST",
    renderer="portal/books/display.pt",
    permission=WRITE_KNOWLEDGE,
)
def change(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """`deed` says what; `note`, `at` and `minor` belong to publishing, `note` to a review too."""
    page, given = find_page_of(request), texts_of(request)
    try:
        with request.db.begin_nested():
            said = _do(request, page, given)
    except Invalid as invalid:
        return _page(request, page, given, str(invalid.problems[0].message))
    except (Refused, Conflict) as refused:
        return _page(request, page, given, str(refused))
    request.flash(said)
    if given.get("deed") == DELETE:
        return HTTPSeeOther(request.route_path("portal.books.list"))
    return HTTPSeeOther(request.route_path("portal.books.display", id=page.id))


def _do(request: Request, page: Page, given: Mapping[str, str]) -> str:
    work, deed, note = request.work, given.get("deed", ""), given.get("note", "")
    if deed == ASK:
        ask_review(work, page, note)
        return "The page waits for a review now."
    if deed == BACK:
        send_back(work, page, note)
        return "The page is a draft again."
    if deed == PUBLISH:
        at = _moment(request, given.get("at", ""))
        publish(work, page, note, at=at, is_minor=given.get("minor") == "1", seen=given.get("seen"))
        if page.publish_at is not None:
            return f"The page is set for {show_exact(page.publish_at, request.zone)}."
        return "The page is published."
    if deed == UNSCHEDULE:
        unschedule(work, page)
        return "Nothing will be published at that moment."
    if deed == WITHDRAW:
        withdraw(work, page)
        return "The page is withdrawn: its address says that it was taken away."
    if deed in (UP, DOWN):
        move_page(work, page, up=deed == UP)
        return "The page is moved."
    if deed == DELETE:
        delete_draft(work, page)
        return "The draft is deleted. Its article stays, switched off."
    raise Invalid(Problem("deed", "Choose one of the buttons."))


def _moment(request: Request, typed: str) -> datetime | None:
    """The moment by the reader's clock; None for now."""
    if not typed.strip():
        return None
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid(Problem("at", "Write the moment as 2026-12-31T09:00.")) from None
    return local.replace(tzinfo=request.zone).astimezone(UTC)


def _page(request: Request, page: Page, given: Mapping[str, str], wrong: str) -> Mapping[str, object]:
    if wrong:
        request.response.status_int = 422
    work, path, db = request.work, request.route_path, request.db
    article = db.get_one(Article, page.article_id)
    version = find_version(work, page, page.published_version)
    original = db.get(Page, page.original_id) if page.original_id else None
    content = readied(article.content, article.format, request.app.config.base_url)
    here = {"id": page.id}
    changed = version is not None and (
        (version.title, version.summary, version.source, version.format)
        != (page.title, article.summary, article.content, article.format)
    )
    is_behind = original is not None and (page.original_version or 0) < (original.published_version or 0)
    return {
        "crumbs": knowledge_crumbs(request),
        "problem": wrong,
        "title": page.title,
        "summary": article.summary,
        "content": Html(with_addresses(content, request.script_name)),
        "badges": standing(page, today_of(request), is_behind=is_behind),
        "review_note": page.review_note if page.state in (State.REVIEW, State.DRAFT) else "",
        "difference": difference(version.source, article.content) if version is not None and changed else (),
        "post_url": path("portal.books.display", **here),
        "edit_url": path("portal.books.edit", **here),
        "preview_url": path("portal.books.preview", **here),
        "versions_url": path("portal.books.versions", **here),
        "public_url": public_url(request, page) if page.published_version is not None else None,
        "facts": _facts(request, page),
        "languages": _languages(request, page),
        "translate_url": _translate_url(request, page),
        "may_publish": work.rights.system(PUBLISH_KNOWLEDGE),
        "can_publish": version is None or changed or page.state != State.PUBLISHED,
        "is_out": version is not None,
        "in_review": page.state == State.REVIEW,
        "can_ask": page.state in (State.DRAFT, State.WITHDRAWN),
        "seen": stamp_of(work, page),
        "scheduled": show_exact(page.publish_at, request.zone) if page.publish_at else None,
        "can_delete": page.first_published is None and page.scheduled_version is None,
        "typed_note": given.get("note", ""),
        "typed_at": given.get("at", ""),
    }


def _facts(request: Request, page: Page) -> list[tuple[str, Html | str]]:
    place = request.db.execute(
        select(Book.name, Chapter.name)
        .join(Chapter, Chapter.book_id == Book.id)
        .where(Chapter.id == page.chapter_id)
    ).one()
    audience = Audience(page.audience)
    for_whom = AUDIENCES[audience]
    if audience is Audience.ORGANIZATIONS:
        names = request.db.scalars(
            select(Organization.name)
            .join(PageAudience, PageAudience.organization_id == Organization.id)
            .where(PageAudience.page_id == page.id)
            .order_by(Organization.name)
        )
        for_whom = ", ".join(names) or "no organisation yet"
    owner = request.db.get(User, page.owner_id) if page.owner_id else None
    return [
        ("Number", f"page:{page.id}"),
        ("Stands in", " › ".join(place)),
        ("For", for_whom),
        ("Owner", owner.display_name if owner else "nobody"),
        ("Look again by", show_day(page.review_by) if page.review_by else "no day is set"),
        ("Published", request.when(page.published) if page.published else "not yet"),
        ("First published", request.when(page.first_published) if page.first_published else "never"),
        ("Did it help?", _votes(request, page)),
    ]


def _votes(request: Request, page: Page) -> str:
    tally = tallies(request.db, [page.id]).get(page.id)
    if tally is None or tally.share is None:
        return "nobody has said so yet"
    return f"{tally.share} % of {tally.helped + tally.did_not}"


def _languages(request: Request, page: Page) -> list[Link]:
    """The page in all its languages, this one marked. One query."""
    first = page.original_id or page.id
    rows = request.db.scalars(
        select(Page).where(or_(Page.id == first, Page.original_id == first)).order_by(Page.id)
    )
    return [
        Link(
            f"{language_name(each.lang)}: {each.title}",
            request.route_path("portal.books.display", id=each.id),
            each.id == page.id,
        )
        for each in rows
    ]


def _translate_url(request: Request, page: Page) -> str | None:
    first = page.original_id or page.id
    if len(_languages(request, page)) >= len(languages()):
        return None
    url: str = request.route_path("portal.books.write", _query={"original": str(first)})
    return url
