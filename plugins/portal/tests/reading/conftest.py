"""Pages that readers may read, made without the pages on which staff write them."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Article, ArticleClass, Organization, User
from rtpy_portal.knowledge.indexing import index_page
from rtpy_portal.models import Book, Chapter, Page, PageAudience, PageVersion

MakePage = Callable[..., Page]


@pytest.fixture
def page(app: App, db: Session) -> MakePage:
    """Makes a published page: `page("VPN", "How to get in", "<p>…</p>", audience="staff")`."""
    root = db.scalars(select(User.id).where(User.name == "root")).one()
    now = app.clock.now()
    kind = ArticleClass(name="Pages of tests", created=now)
    book = Book(name="First steps", slug="first-steps", description="What everybody asks first.")
    db.add_all((kind, book))
    db.flush()
    chapter = Chapter(book_id=book.id, name="Working from home", slug="home")
    db.add(chapter)
    db.flush()

    def make(
        title: str,
        summary: str = "",
        content: str = "<p>Words.</p>",
        *,
        audience: str = "everyone",
        organizations: Sequence[Organization] = (),
        lang: str = "en",
        original: Page | None = None,
        state: str = "published",
    ) -> Page:
        made = {"creator_id": root, "created": now}
        last = {"last_updated_by_id": root, "last_updated": now}
        article = Article(class_id=kind.id, name=f"{title} {lang}", content=content, **made, **last)
        db.add(article)
        db.flush()
        row = Page(
            article_id=article.id,
            chapter_id=chapter.id,
            title=title,
            slug="-".join(title.lower().split()),
            audience=audience,
            state=state,
            lang=lang,
            original_id=original.id if original else None,
            published_version=1 if state == "published" else None,
            published=now,
            first_published=None if state == "draft" else now,
            created=now,
        )
        db.add(row)
        db.flush()
        db.add(
            PageVersion(
                page_id=row.id, number=1, title=title, summary=summary, content=content, format="html", **made
            )
        )
        db.add_all(PageAudience(page_id=row.id, organization_id=each.id) for each in organizations)
        index_page(db, row.id)
        return row

    return make
