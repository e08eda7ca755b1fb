"""An article: what it says, its topics and fields, the tickets that refer to it."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.articles import HTML, set_article_disabled, set_article_fields
from rtpy.content.linkify import paragraphs
from rtpy.content.sanitize import clean_html
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import fields_for
from rtpy.http.security import STAFF
from rtpy.http.things import ArticleResource
from rtpy.links.things import article_uri
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes, known_topics, topics_of
from rtpy.search.things import tickets_linked_to
from rtpy.web.custom_fields.posted import given_fields, removed_rows
from rtpy.web.custom_fields.values import FieldBox, show_boxes
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.things import ticket_lines

MOST_TICKETS = 25


@view_config(
    route_name="article.display", request_method="GET", renderer="staff/article/display.pt", permission=STAFF
)
def show_article(resource: ArticleResource, request: Request) -> dict[str, object]:
    """What it says, sanitised once more."""
    article, path, db = resource.article, request.route_path, request.db
    topics = known_topics(request.app, db)
    uri = article_uri(request.app.config.organization, article.id)
    tickets = tickets_linked_to(db, resource.work.rights.of(Right.SHOW_TICKET), uri, MOST_TICKETS)
    names = {
        row.id: row.real_name or row.name
        for row in db.execute(
            select(User.id, User.name, User.real_name).where(
                User.id.in_({article.creator_id, article.last_updated_by_id})
            )
        )
    }
    return {
        "crumbs": article_crumbs(request),
        "panel_subject": article,
        "number": article.id,
        "name": article.name,
        "summary": article.summary,
        "disabled": article.disabled,
        "content": show_content(article.content, article.format),
        "class_link": Link(
            known_classes(request.app, db)[article.class_id].name,
            path("article.list", _query={"class": article.class_id}),
        ),
        "topics": [
            Link(topics[each].label, path("article.list", _query={"topic": each}))
            for each in topics_of(db, article.id)
            if each in topics
        ],
        "created": request.when(article.created),
        "creator": names.get(article.creator_id, ""),
        "updated": request.when(article.last_updated),
        "updater": names.get(article.last_updated_by_id, ""),
        "field_boxes": field_boxes(request, resource),
        "fields_url": path("article.display", id=article.id),
        "tickets": ticket_lines(request, tickets),
        "modify_url": path("article.modify", id=article.id) if may_modify(resource) else None,
        "history_url": path("article.history", id=article.id)
        if resource.allows(Right.SHOW_ARTICLE_HISTORY)
        else None,
        "may_disable": resource.allows(Right.DISABLE_ARTICLE),
        "post_url": path("article.display", id=article.id),
    }


@view_config(route_name="article.display", request_method="POST", permission=STAFF)
def change_in_place(resource: ArticleResource, request: Request) -> Response:
    """The field `deed`: fields (custom fields of the form), disable or enable."""
    article, work = resource.article, resource.work
    deed = texts_of(request).get("deed", "")
    try:
        with work.db.begin_nested():
            if deed in ("disable", "enable"):
                set_article_disabled(work, article, disabled=deed == "disable")
                said = "The article is switched off." if deed == "disable" else "The article is switched on."
            else:
                given = given_fields(request, Lookup.ARTICLE)
                set_article_fields(work, article, given, removed=removed_rows(request))
                said = "Saved."
    except (Invalid, Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash(said)
    return HTTPSeeOther(request.route_path("article.display", id=article.id))


def field_boxes(request: Request, resource: ArticleResource) -> list[FieldBox]:
    """Its custom fields, to be changed in place. One query, none without fields."""
    article = resource.article
    if not fields_for(request.app, request.db, Lookup.ARTICLE, article.class_id):
        return []
    held = contents_of(request.db, Lookup.ARTICLE, article.id)
    return show_boxes(request, Lookup.ARTICLE, article.id, held, container_id=article.class_id)


def show_content(content: str, form: str) -> Html:
    """The text of an article as HTML that is safe to stand in a page."""
    return Html(clean_html(content, images=lambda _: None) if form == HTML else paragraphs(content))


def may_modify(resource: ArticleResource) -> bool:
    """May the reader change something of it on its form?"""
    return resource.allows(Right.MODIFY_ARTICLE) or resource.allows(Right.MODIFY_ARTICLE_TOPICS)


def article_crumbs(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of an article."""
    path = request.route_path
    return (Link("Home", path("home")), Link("Articles", path("article.list")), *further)
