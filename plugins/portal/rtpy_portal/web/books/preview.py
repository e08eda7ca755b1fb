"""The working copy of a page, drawn as readers would see it."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.models import Article
from rtpy.web.html import Html
from rtpy_portal.knowledge.content import readied, with_addresses
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import find_page_of
from rtpy_portal.web.frame import frame


@view_config(
    route_name="portal.books.preview",
    request_method="GET",
    renderer="portal/books/preview.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """In the frame of the portal, with a line that says what it is."""
    page = find_page_of(request)
    article = request.db.get_one(Article, page.article_id)
    content = readied(article.content, article.format, request.app.config.base_url)
    return frame(
        request,
        page.title,
        page_title=page.title,
        summary=article.summary,
        content=Html(with_addresses(content, request.script_name)),
        back_url=request.route_path("portal.books.display", id=page.id),
    )
