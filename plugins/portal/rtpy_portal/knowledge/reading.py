"""What somebody may read of the knowledge: the one clause that pages, lists, searches, feeds and exports pass."""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.content import with_addresses
from rtpy_portal.knowledge.values import Audience, Neighbour, PageShown, Place
from rtpy_portal.models import Book, Chapter, Page, PageAudience, PageVersion

MOST_SIBLINGS = 300
"""Pages of a chapter that are named beside a page."""


def readable(reader: Reader, page: type[Page] = Page) -> ColumnElement[bool]:
    """A clause over `portal_pages` (or an alias of it): published, in a book that is on, and for this reader."""
    # Few or none: that is quicker than to look up the book of each page.
    off = select(Chapter.id).join(Book, Book.id == Chapter.book_id).where(Book.disabled)
    return and_(page.published_version.is_not(None), page.chapter_id.not_in(off), _is_for(reader, page))


def in_language(reader: Reader, page: type[Page] = Page) -> ColumnElement[bool]:
    """A clause over `portal_pages` for lists: each page once, in the reader's language where it is there.

    Other pages are named in the language in which they were first written.
    """
    other = aliased(Page)
    translated = exists(
        select(other.id).where(
            other.original_id == page.id, other.lang == reader.lang, readable(reader, other)
        )
    )
    return or_(page.lang == reader.lang, and_(page.original_id.is_(None), ~translated))


def find_page(db: Session, reader: Reader, page_id: int, root: str = "") -> PageShown | None:
    """The page as this reader sees it; None when it is not for them, whether it is there or not. Four queries at most.

    `root` is the address of this site, as templates have it: links to other pages begin with it.
    """
    row = db.execute(
        select(Page, PageVersion, Chapter, Book)
        .join(
            PageVersion,
            and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version),
        )
        .join(Chapter, Chapter.id == Page.chapter_id)
        .join(Book, Book.id == Chapter.book_id)
        .where(Page.id == page_id, readable(reader))
    ).one_or_none()
    if row is None:
        return None
    page, version, chapter, book = row
    return PageShown(
        page=page,
        version=version,
        book=Place(book.id, book.name, book.slug),
        chapter=Place(chapter.id, chapter.name, chapter.slug),
        content=with_addresses(version.content, root),
        siblings=_siblings(db, reader, page),
        translations=_translations(db, reader, page),
        is_behind=_is_behind(db, page),
    )


def was_withdrawn(db: Session, reader: Reader, page_id: int) -> bool:
    """Was this a page for this reader, which is no more? Others are not told that there ever was one. One query."""
    found = select(Page.id).where(
        Page.id == page_id,
        Page.published_version.is_(None),
        Page.first_published.is_not(None),
        _is_for(reader, Page),
    )
    return db.scalar(found) is not None


def _is_for(reader: Reader, page: type[Page]) -> ColumnElement[bool]:
    if reader.is_staff:
        return page.audience.in_(list(Audience))
    for_all = page.audience == Audience.EVERYONE
    if not reader.organization_ids:
        return for_all
    mine = exists(
        select(PageAudience.page_id).where(
            PageAudience.page_id == page.id, PageAudience.organization_id.in_(sorted(reader.organization_ids))
        )
    )
    return or_(for_all, and_(page.audience == Audience.ORGANIZATIONS, mine))


def _siblings(db: Session, reader: Reader, page: Page) -> tuple[Neighbour, ...]:
    here = and_(Page.chapter_id == page.chapter_id, Page.lang == page.lang)
    return _neighbours(db, reader, here)


def _translations(db: Session, reader: Reader, page: Page) -> tuple[Neighbour, ...]:
    first = page.original_id or page.id
    same = and_(or_(Page.id == first, Page.original_id == first), Page.id != page.id)
    return _neighbours(db, reader, same)


def _neighbours(db: Session, reader: Reader, which: ColumnElement[bool]) -> tuple[Neighbour, ...]:
    rows = db.execute(
        select(Page.id, PageVersion.title, Page.slug, Page.lang)
        .join(
            PageVersion,
            and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version),
        )
        .where(which, readable(reader))
        .order_by(Page.position, Page.id)
        .limit(MOST_SIBLINGS)
    )
    return tuple(Neighbour(*row) for row in rows)


def _is_behind(db: Session, page: Page) -> bool:
    if page.original_id is None:
        return False
    now = db.scalar(select(Page.published_version).where(Page.id == page.original_id))
    return now is not None and (page.original_version or 0) < now
