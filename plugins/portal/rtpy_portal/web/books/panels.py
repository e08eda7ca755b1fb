"""What knowledge brings to pages of staff: the way from a ticket to a page, and what waits on the first page."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from rtpy.http.resources import TicketResource
from rtpy.models import Article
from rtpy.web.shown import Link
from rtpy_portal.knowledge.listing import Shelf, count_waiting_review, due_for_review
from rtpy_portal.models import Page
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import named, page_link, today_of


def show_aside(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """Beside a ticket, for who may write. No query."""
    if not request.work.rights.system(WRITE_KNOWLEDGE):
        return None
    return {"write_url": request.route_path("portal.books.from_ticket", id=resource.ticket.id)}


def show_reply(request: Request, resource: TicketResource) -> Mapping[str, Any]:
    """In the form of a reply. No query."""
    return {"links_url": request.route_path("portal.books.links", id=resource.ticket.id)}


def show_article(request: Request, article: Article) -> Mapping[str, Any] | None:
    """On the page of an article that is the working copy of a page. One query."""
    if not request.work.rights.system(WRITE_KNOWLEDGE):
        return None
    page = request.db.scalar(select(Page).where(Page.article_id == article.id))
    return None if page is None else {"page": page_link(request, page)}


def show_waiting(request: Request, _: object) -> Mapping[str, Any] | None:
    """On the first page: the reader's own pages that are due, and what waits for a review. Two queries at most."""
    rights = request.work.rights
    if not rights.system(WRITE_KNOWLEDGE):
        return None
    today, path = today_of(request), request.route_path
    due = due_for_review(request.db, today, owner_id=request.work.actor.user_id)
    reviews = count_waiting_review(request.db) if rights.system(PUBLISH_KNOWLEDGE) else 0
    if not due and not reviews:
        return None
    return {
        "due": [
            (page_link(request, page), page.review_by, page.review_by < today)
            for page in due
            if page.review_by
        ],
        "reviews": Link(
            named(reviews, "page waits for a review", "pages wait for a review"),
            path("portal.books.list", _query={"show": Shelf.REVIEW.value}),
        )
        if reviews
        else None,
    }
