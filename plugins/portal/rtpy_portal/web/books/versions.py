"""The versions of a page, newest first, with what each one changed; an earlier one can be taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.content.difference import DiffLine, difference
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.html import Html
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.knowledge.publishing import find_version, take_up
from rtpy_portal.models import PageVersion
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import find_page_of, knowledge_crumbs, page_link

MOST = 50


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, with the lines that it brought and took away."""

    number: int
    title: str
    who: str
    at: Html
    note: str
    is_shown: bool
    is_minor: bool
    lines: tuple[DiffLine, ...]


@view_config(
    route_name="portal.books.versions",
    request_method="GET",
    renderer="portal/books/versions.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The newest fifty. One query beside the page's."""
    page = find_page_of(request)
    found = request.db.execute(
        select(PageVersion, User)
        .join(User, User.id == PageVersion.creator_id)
        .where(PageVersion.page_id == page.id)
        .order_by(PageVersion.number.desc())
        .limit(MOST + 1)
    ).all()
    rows = []
    for at, (version, who) in enumerate(found[:MOST]):
        before = found[at + 1][0] if at + 1 < len(found) else None
        rows.append(
            VersionRow(
                version.number,
                version.title,
                who.display_name,
                request.when(version.created),
                version.note,
                version.number == page.published_version,
                version.is_minor,
                difference(before.source, version.source) if before is not None else (),
            )
        )
    return {
        "crumbs": knowledge_crumbs(request, page_link(request, page)),
        "title": f"Versions of {page.title}",
        "rows": rows,
        "post_url": request.route_path("portal.books.versions", id=page.id),
    }


@view_config(route_name="portal.books.versions", request_method="POST", permission=WRITE_KNOWLEDGE)
def take(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """The working copy says what version `take` said; readers see it when it is published."""
    page = find_page_of(request)
    version = find_version(request.work, page, number_in(texts_of(request).get("take", "")))
    if version is None:
        raise Invalid(Problem("take", "Choose a version of the list."))
    take_up(request.work, page, version)
    request.flash(f"The draft says what version {version.number} said. Publish it when it is right.")
    return HTTPSeeOther(request.route_path("portal.books.display", id=page.id))
