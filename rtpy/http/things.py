"""Articles and assets as pages are about them: loaded before the view, or 404 for what may not be seen."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request

from rtpy.models import Article
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class ArticleResource:
    """One article that may be read."""

    work: Work
    article: Article

    @property
    def what(self) -> str:
        """In words."""
        return f"article #{self.article.id}"

    def allows(self, right: str) -> bool:
        """Held on its class?"""
        return self.work.rights.of(right).on("class", self.article.class_id)


def article_resource(request: Request) -> ArticleResource:
    """The article `id` of the route, if the reader holds ShowArticle on its class."""
    work = _work(request)
    article = work.db.get(Article, int(request.matchdict["id"]))
    sees = work.rights.of(Right.SHOW_ARTICLE).on("class", article.class_id if article else 0)
    if article is None or not sees:
        raise HTTPNotFound()
    return ArticleResource(work, article)


def _work(request: Request) -> Work:
    if request.login is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.work
    return work
