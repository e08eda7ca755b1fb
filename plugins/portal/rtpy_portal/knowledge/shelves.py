"""What stands on the shelves for a reader: books, their chapters and pages, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.remembered import remembered, watch
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.reading import in_language, readable
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.models import Book, Chapter, Page, PageAudience, PageVersion

watch(Book, Chapter, Page, PageAudience)

MOST_PAGES = 2000
"""Of a book, on its page."""


@dataclass(frozen=True, slots=True)
class BookLine:
    """A book with at least one page for the reader."""

    name: str
    slug: str
    description: str
    pages: int


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in a list."""

    page_id: int
    title: str
    slug: str
    summary: str
    lang: str
    published: datetime


@dataclass(frozen=True, slots=True)
class ChapterShown:
    """A chapter with its pages in their order."""

    name: str
    slug: str
    pages: tuple[PageLine, ...]


@dataclass(frozen=True, slots=True)
class BookShown:
    """A book as its readers see it."""

    name: str
    slug: str
    description: str
    chapters: tuple[ChapterShown, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """For whom there is any page at all."""

    is_any: bool
    is_for_all: bool
    organization_ids: frozenset[int]

    def is_for(self, reader: Reader) -> bool:
        """Is there a page for this reader?"""
        mine = self.organization_ids & reader.organization_ids
        return self.is_for_all or bool(mine) or (self.is_any and reader.is_staff)


def books_for(db: Session, reader: Reader) -> list[BookLine]:
    """The books in which there is something for this reader. One query."""
    rows = db.execute(
        select(Book.name, Book.slug, Book.description, func.count(Page.id))
        .join(Chapter, Chapter.book_id == Book.id)
        .join(Page, Page.chapter_id == Chapter.id)
        .where(readable(reader), in_language(reader))
        .group_by(Book.id, Book.name, Book.slug, Book.description, Book.position)
        .order_by(Book.position, Book.name)
    )
    return [BookLine(*row) for row in rows]


def find_book(db: Session, reader: Reader, slug: str) -> BookShown | None:
    """A book with what this reader may read of it; None when that is nothing. Two queries at most."""
    book = db.scalar(select(Book).where(Book.slug == slug, Book.disabled.is_(False)))
    if book is None:
        return None
    rows = db.execute(
        _lines()
        .add_columns(Chapter.name, Chapter.slug.label("chapter_slug"))
        .join(Chapter, Chapter.id == Page.chapter_id)
        .where(Chapter.book_id == book.id, readable(reader), in_language(reader))
        .order_by(Chapter.position, Chapter.id, Page.position, Page.id)
        .limit(MOST_PAGES)
    ).all()
    chapters: dict[str, tuple[str, list[PageLine]]] = {}
    for *line, name, chapter_slug in rows:
        chapters.setdefault(chapter_slug, (name, []))[1].append(PageLine(*line))
    shown = tuple(ChapterShown(name, key, tuple(pages)) for key, (name, pages) in chapters.items())
    return BookShown(book.name, book.slug, book.description, shown) if shown else None


def newest(db: Session, reader: Reader, limit: int) -> Sequence[PageLine]:
    """What was published last, new or changed. One query."""
    rows = db.execute(
        _lines()
        .where(readable(reader), in_language(reader), PageVersion.is_minor.is_(False))
        .order_by(Page.published.desc(), Page.id.desc())
        .limit(limit)
    )
    return [PageLine(*row) for row in rows]


def published(app: App, db: Session) -> Published:
    """For whom there is anything to read. No query as a rule."""
    return remembered(app, db, "portal.published", _read_published)


def _lines() -> Select[*tuple[Any, ...]]:
    return select(Page.id, PageVersion.title, Page.slug, PageVersion.summary, Page.lang, Page.published).join(
        PageVersion, and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version)
    )


def _read_published(db: Session) -> Published:
    def is_there(reader: Reader) -> bool:
        return db.scalar(select(Page.id).where(readable(reader)).limit(1)) is not None

    of_organizations = select(PageAudience.organization_id).join(Page, Page.id == PageAudience.page_id)
    everybody = readable(Reader(is_staff=True))
    wanted = of_organizations.where(Page.audience == Audience.ORGANIZATIONS, everybody)
    ids = db.scalars(wanted.distinct())
    return Published(is_there(Reader(is_staff=True)), is_there(Reader()), frozenset(ids))
