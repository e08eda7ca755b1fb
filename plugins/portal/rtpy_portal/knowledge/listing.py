"""Pages as their writers list them: by book, by what is to be done, by words of the title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session, aliased

from rtpy.models import User
from rtpy_portal.knowledge.values import State
from rtpy_portal.models import Book, Chapter, Page

AHEAD = timedelta(days=14)
"""So long before its day a page is listed as due for review."""

_Original = aliased(Page)
_BEHIND = and_(
    Page.original_id.is_not(None),
    _Original.published_version.is_not(None),
    func.coalesce(Page.original_version, 0) < _Original.published_version,
)


class Shelf(StrEnum):
    """Which pages a list shows."""

    ALL = "all"
    DRAFT = "draft"
    REVIEW = "review"
    LATER = "later"
    DUE = "due"
    BEHIND = "behind"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in a list, with where it stands."""

    page: Page
    book: str
    chapter: str
    owner: str
    is_behind: bool


def list_pages(
    db: Session,
    today: date,
    shelf: Shelf = Shelf.ALL,
    *,
    words: str = "",
    book_id: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Sequence[PageLine]:
    """The pages of a shelf in the order of books, chapters and pages; of those that are due, the longest due first.

    One query.
    """
    owner = func.coalesce(func.nullif(User.real_name, ""), User.name, "")
    query = (
        _from(select(Page, Book.name, Chapter.name, owner, _BEHIND))
        .outerjoin(User, User.id == Page.owner_id)
        .where(shelf_clause(shelf, today))
    )
    for word in words.lower().split():
        query = query.where(func.lower(Page.title).contains(word, autoescape=True))
    if book_id is not None:
        query = query.where(Book.id == book_id)
    order = (Book.position, Book.name, Chapter.position, Chapter.id, Page.position, Page.id)
    query = query.order_by(*((Page.review_by, Page.id) if shelf is Shelf.DUE else order))
    rows = db.execute(query.offset(offset).limit(limit))
    return [PageLine(page, book, chapter, name, bool(behind)) for page, book, chapter, name, behind in rows]


def count_shelves(db: Session, today: date) -> Mapping[Shelf, int]:
    """How many pages stand on each shelf. One query."""
    counts = [func.sum(case((shelf_clause(each, today), 1), else_=0)) for each in Shelf]
    row = db.execute(_from(select(*counts))).one()
    return {each: int(number or 0) for each, number in zip(Shelf, row, strict=True)}


def due_for_review(
    db: Session, today: date, *, owner_id: int | None = None, limit: int = 8
) -> Sequence[Page]:
    """Published pages that somebody must look at again soon, the longest due first; of one owner, or of all."""
    query = select(Page).where(shelf_clause(Shelf.DUE, today)).order_by(Page.review_by, Page.id).limit(limit)
    return db.scalars(query.where(Page.owner_id == owner_id) if owner_id is not None else query).all()


def count_waiting_review(db: Session) -> int:
    """How many pages wait for a review. One query."""
    return db.scalar(select(func.count(Page.id)).where(Page.state == State.REVIEW)) or 0


def shelf_clause(shelf: Shelf, today: date) -> ColumnElement[bool]:
    """A clause over `portal_pages`, with the original joined."""
    if shelf is Shelf.ALL:
        return true()
    if shelf is Shelf.LATER:
        return Page.publish_at.is_not(None)
    if shelf is Shelf.DUE:
        return and_(Page.review_by <= today + AHEAD, Page.published_version.is_not(None))
    if shelf is Shelf.BEHIND:
        return _BEHIND
    return Page.state == State(shelf.value)


def standing(page: Page, today: date, *, is_behind: bool = False) -> tuple[tuple[str, str], ...]:
    """How far a page is, as (tone, words): what readers see first, then what is under way."""
    found = []
    if page.published_version is not None:
        found.append(("ok", "published"))
    elif page.state == State.WITHDRAWN:
        found.append(("bad", "withdrawn"))
    if page.state == State.DRAFT:
        found.append(("info", "changed since" if page.published_version is not None else "draft"))
    elif page.state == State.REVIEW:
        found.append(("warn", "waits for review"))
    if page.publish_at is not None:
        found.append(("info", "set for later"))
    if page.published_version is not None and page.review_by is not None and page.review_by <= today:
        found.append(("warn", "due for review"))
    if is_behind:
        found.append(("warn", "older than the original"))
    return tuple(found)


def first_review(now: datetime) -> date:
    """The day that is proposed for the next look at a page: in half a year."""
    return (now + timedelta(days=182)).date()


def _from(query: Any) -> Any:
    return (
        query.select_from(Page)
        .join(Chapter, Chapter.id == Page.chapter_id)
        .join(Book, Book.id == Chapter.book_id)
        .outerjoin(_Original, _Original.id == Page.original_id)
    )
