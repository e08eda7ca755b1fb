"""The working copy of a page: an article of the core, in a class of its own, with a name that no other has."""

from collections.abc import Collection

from sqlalchemy import func, select

from rtpy.changes.articles import ArticleText, change_article, make_article
from rtpy.changes.classes import ClassValues, make_class
from rtpy.models import Article, ArticleClass
from rtpy.work import Work
from rtpy_portal.models import Page, PageVersion

CLASS = "Portal pages"
_LONGEST = 180


def knowledge_class(work: Work) -> ArticleClass:
    """The class in which working copies stand: that of the newest page, else the one called so; made when it is not.

    An administrator may rename it or switch it off for other articles.
    """
    newest = (
        select(Article.class_id).join(Page, Page.article_id == Article.id).order_by(Page.id.desc()).limit(1)
    )
    known = work.db.scalar(newest)
    found: ArticleClass | None
    if known is not None:
        found = work.db.get_one(ArticleClass, known)
    else:
        found = work.db.scalar(select(ArticleClass).where(func.lower(ArticleClass.name) == CLASS.lower()))
    return found or make_class(
        work.as_system(), ClassValues(CLASS, "Pages of knowledge, as they are being written")
    )


def begin_copy(work: Work, text: ArticleText) -> Article:
    """A new working copy. The caller has asked whether the actor may write; raises Invalid."""
    return make_article(work, knowledge_class(work), _named(work, text, None), vouched=True)


def change_copy(work: Work, article: Article, text: ArticleText) -> None:
    """Let the working copy say this. The caller has asked whether the actor may write; raises Invalid."""
    change_article(work, article, _named(work, text, article.id), vouched=True)


def published_texts(work: Work, article_ids: Collection[int]) -> dict[int, ArticleText]:
    """What readers get of the pages whose working copies these are; of no page nothing. One query."""
    rows = work.db.execute(
        select(
            Page.article_id, PageVersion.title, PageVersion.summary, PageVersion.source, PageVersion.format
        )
        .join(PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.published_version))
        .where(Page.article_id.in_(article_ids))
    )
    return {row.article_id: ArticleText(row.title, row.summary, row.source, row.format) for row in rows}


def _named(work: Work, text: ArticleText, own_id: int | None) -> ArticleText:
    """The same under a name that is free: no two articles may share one, while pages may."""
    wanted = " ".join(text.name.replace("\x00", "").split())
    if not 0 < len(wanted) <= _LONGEST:
        return text
    like = func.lower(Article.name).like(f"{_escaped(wanted.lower())}%", escape="\\")
    query = select(func.lower(Article.name)).where(like)
    taken = set(work.db.scalars(query if own_id is None else query.where(Article.id != own_id)))
    name = wanted
    turn = 2
    while name.lower() in taken:
        name = f"{wanted} ({turn})"
        turn += 1
    return ArticleText(name, text.summary, text.content, text.format)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
