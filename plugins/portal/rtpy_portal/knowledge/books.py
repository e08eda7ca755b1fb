"""Books and chapters: made, renamed, moved, switched off, deleted when they are empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_portal.knowledge.slugs import slug_of
from rtpy_portal.models import Book, Chapter, Page
from rtpy_portal.rights import PUBLISH_KNOWLEDGE

LONGEST_NAME, LONGEST_DESCRIPTION = 200, 2_000


@dataclass(frozen=True, slots=True)
class BookValues:
    """What is said of a book; the lower its position, the earlier it stands."""

    name: str
    description: str = ""
    position: int = 0
    disabled: bool = False


def save_book(work: Work, values: BookValues, book: Book | None = None) -> Book:
    """Make a book, or let it be like this. Needs PublishKnowledge; raises Invalid.

    Its word in addresses is made of its first name and stays when it is renamed.
    """
    need_system(work, PUBLISH_KNOWLEDGE)
    name, description = _line(values.name), values.description.replace("\x00", "").strip()
    problems = _name_problems(name, "book")
    same = select(Book.id).where(func.lower(Book.name) == name.lower())
    if work.db.scalar(same.where(Book.id != book.id) if book is not None else same) is not None:
        problems.append(Problem("name", f"There is a book {name} already."))
    if len(description) > LONGEST_DESCRIPTION:
        problems.append(
            Problem("description", f"The description may have {LONGEST_DESCRIPTION} letters at most.")
        )
    problems += _position_problems(values.position)
    if problems:
        raise Invalid(*problems)
    before = _plain_book(book) if book is not None else None
    if book is None:
        book = Book(slug=slug_of(name, "book", set(work.db.scalars(select(Book.slug)))))
        work.db.add(book)
    book.name, book.description, book.position = name, description, values.position
    book.disabled = values.disabled
    work.db.flush()
    note_configuration(work, "portal_book", book.id, name, before, _plain_book(book))
    return book


def delete_book(work: Work, book: Book) -> None:
    """Take an empty book away, with its chapters. Needs PublishKnowledge; raises Refused when pages stand in it."""
    need_system(work, PUBLISH_KNOWLEDGE)
    inside = select(Page.id).join(Chapter, Chapter.id == Page.chapter_id).where(Chapter.book_id == book.id)
    if work.db.scalar(inside.limit(1)) is not None:
        raise Refused(f"Pages stand in the book {book.name}: move them to another one, or switch it off.")
    for chapter in work.db.scalars(select(Chapter).where(Chapter.book_id == book.id)):
        work.db.delete(chapter)
    work.db.flush()
    work.db.delete(book)
    note_configuration(work, "portal_book", book.id, book.name, _plain_book(book), None)


def save_chapter(
    work: Work, book: Book, name: str, chapter: Chapter | None = None, position: int | None = None
) -> Chapter:
    """Add a chapter at the end of the book, or rename and move one. Needs PublishKnowledge; raises Invalid."""
    need_system(work, PUBLISH_KNOWLEDGE)
    name = _line(name)
    problems = [*_name_problems(name, "chapter"), *_position_problems(position or 0)]
    if problems:
        raise Invalid(*problems)
    others = select(Chapter.slug).where(Chapter.book_id == book.id)
    same = select(Chapter.id).where(Chapter.book_id == book.id, func.lower(Chapter.name) == name.lower())
    if work.db.scalar(same.where(Chapter.id != chapter.id) if chapter is not None else same) is not None:
        raise Invalid(Problem("name", f"There is a chapter {name} in this book already."))
    before = _plain_chapter(chapter, book) if chapter is not None else None
    if chapter is None:
        last = work.db.scalar(select(func.max(Chapter.position)).where(Chapter.book_id == book.id)) or 0
        slug = slug_of(name, "chapter", set(work.db.scalars(others)))
        chapter = Chapter(book_id=book.id, slug=slug, position=last + 1)
        work.db.add(chapter)
    chapter.name = name
    if position is not None:
        chapter.position = position
    work.db.flush()
    note_configuration(work, "portal_chapter", chapter.id, name, before, _plain_chapter(chapter, book))
    return chapter


def delete_chapter(work: Work, chapter: Chapter) -> None:
    """Take an empty chapter away. Needs PublishKnowledge; raises Refused when pages stand in it."""
    need_system(work, PUBLISH_KNOWLEDGE)
    if work.db.scalar(select(Page.id).where(Page.chapter_id == chapter.id).limit(1)) is not None:
        raise Refused(f"Pages stand in the chapter {chapter.name}: move them to another one first.")
    book = work.db.get_one(Book, chapter.book_id)
    work.db.delete(chapter)
    note_configuration(work, "portal_chapter", chapter.id, chapter.name, _plain_chapter(chapter, book), None)


def _plain_book(book: Book) -> Mapping[str, Any]:
    return {
        "name": book.name,
        "description": book.description,
        "position": book.position,
        "disabled": book.disabled,
    }


def _plain_chapter(chapter: Chapter, book: Book) -> Mapping[str, Any]:
    return {"book": book.name, "name": chapter.name, "position": chapter.position}


def _name_problems(name: str, what: str) -> list[Problem]:
    if name and len(name) <= LONGEST_NAME:
        return []
    return [Problem("name", f"Give the {what} a name of up to {LONGEST_NAME} letters.")]


def _position_problems(position: int) -> list[Problem]:
    if -1_000_000 < position < 1_000_000:
        return []
    return [Problem("position", "The place in lists is a number up to a million.")]


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
