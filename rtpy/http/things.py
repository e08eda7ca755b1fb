"""Articles and assets as pages are about them: loaded before the view, or 404 for what may not be seen."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request

from rtpy.models import Article, Asset
from rtpy.rights.asset_roles import asset_roles
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
    article = load_article(work, int(request.matchdict["id"]))
    if article is None:
        raise HTTPNotFound()
    return ArticleResource(work, article)


def load_article(work: Work, number: int) -> Article | None:
    """The article, if the reader holds ShowArticle on its class. One query."""
    article = work.db.get(Article, number)
    sees = work.rights.of(Right.SHOW_ARTICLE).on("class", article.class_id if article else 0)
    return article if sees else None


def _work(request: Request) -> Work:
    if request.login is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.work
    return work


@dataclass(frozen=True, slots=True)
class AssetResource:
    """One asset that may be seen; `roles` are what the reader plays on it."""

    work: Work
    asset: Asset
    roles: frozenset[str]

    @property
    def what(self) -> str:
        """In words."""
        return f"asset #{self.asset.id}"

    def allows(self, right: str) -> bool:
        """Held on it? No query."""
        return self.work.rights.of(right).on("catalog", self.asset.catalog_id, self.roles)


def asset_resource(request: Request) -> AssetResource:
    """The asset `id` of the route, if the reader holds ShowAsset on it."""
    found = load_asset(_work(request), int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def load_asset(work: Work, number: int) -> AssetResource | None:
    """The asset with the reader's roles on it, if they hold ShowAsset. Two queries at most."""
    asset = work.db.get(Asset, number)
    roles = asset_roles(work.db, work.rights, asset, number)
    sees = work.rights.of(Right.SHOW_ASSET).on("catalog", asset.catalog_id if asset else 0, roles)
    return AssetResource(work, asset, roles) if asset is not None and sees else None
