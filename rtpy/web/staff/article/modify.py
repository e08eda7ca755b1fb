"""Changing an article: what it says, its class and its topics."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.articles import change_article, set_article_topics
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.http.security import STAFF
from rtpy.http.things import ArticleResource
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes, topics_of
from rtpy.web.shown import Link
from rtpy.web.staff.article.display import article_crumbs, may_modify
from rtpy.web.staff.article.form import Typed, article_form, chosen_class, read_typed, text_of
from rtpy.web.staff.article.list import classes_writable
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="article.modify", request_method="GET", renderer="staff/article/form.pt", permission=STAFF
)
def show_form(resource: ArticleResource, request: Request) -> dict[str, object]:
    """The form with what the article says now."""
    article = resource.article
    typed = Typed(
        article.name,
        article.summary,
        article.content,
        article.format,
        article.class_id,
        frozenset(topics_of(request.db, article.id)),
    )
    return _form(resource, request, typed, {})


@view_config(
    route_name="article.modify", request_method="POST", renderer="staff/article/form.pt", permission=STAFF
)
def modify(resource: ArticleResource, request: Request) -> dict[str, object] | Response:
    """Keep what was typed. `seen`: what the form was filled from; an article that changed since is not overwritten."""
    article, work, typed = resource.article, resource.work, read_typed(request)
    given = texts_of(request)
    try:
        with work.db.begin_nested():
            if given.get("seen", "") != _version(resource):
                raise Conflict(
                    "Somebody changed the article meanwhile. Your text stands below: compare, then save."
                )
            if resource.allows(Right.MODIFY_ARTICLE):
                chosen = chosen_class(request, typed, article.class_id)
                change_article(work, article, text_of(typed), chosen)
            if given.get("topics_shown") == "1":
                set_article_topics(work, article, typed.topics)
    except Invalid as invalid:
        return _form(resource, request, typed, problems_of(invalid))
    except (Refused, Conflict) as refused:
        return _form(resource, request, typed, {"": str(refused)})
    request.flash("The article is saved.")
    return HTTPSeeOther(request.route_path("article.display", id=article.id))


def _form(
    resource: ArticleResource, request: Request, typed: Typed, wrong: Mapping[str, str]
) -> dict[str, object]:
    if not may_modify(resource):
        raise HTTPForbidden(f"You need the right ModifyArticle on {resource.what}.")
    article, path = resource.article, request.route_path
    own = known_classes(request.app, request.db)[article.class_id]
    others = [each for each in classes_writable(request) if each.id != own.id]
    return article_form(
        request,
        typed,
        title=f"Edit {article.name}",
        crumbs=article_crumbs(request, Link(article.name, path("article.display", id=article.id))),
        post_url=path("article.modify", id=article.id),
        classes=[own, *others],
        wrong=wrong,
        may_change=resource.allows(Right.MODIFY_ARTICLE),
        may_topics=resource.allows(Right.MODIFY_ARTICLE_TOPICS),
        hidden={"seen": _version(resource)},
    )


def _version(resource: ArticleResource) -> str:
    return resource.article.last_updated.isoformat()
