"""Books of knowledge with their chapters in set-up files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.errors import Refused
from rtpy.initialdata.section import Section
from rtpy.work import Work
from rtpy_portal.knowledge.books import BookValues, delete_chapter, save_book, save_chapter
from rtpy_portal.models import Book, Chapter

Entry = dict[str, Any]


def _dump(work: Work) -> Sequence[Entry]:
    chapters: dict[int, list[str]] = {}
    for chapter in work.db.scalars(select(Chapter).order_by(Chapter.position, Chapter.id)):
        chapters.setdefault(chapter.book_id, []).append(chapter.name)
    return [
        {
            "name": book.name,
            "description": book.description,
            "position": book.position,
            "disabled": book.disabled,
            "chapters": chapters.get(book.id, []),
        }
        for book in work.db.scalars(select(Book).order_by(Book.position, Book.name))
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> Sequence[str]:
    name = str(entry["name"])
    book = work.db.scalar(select(Book).where(func.lower(Book.name) == name.lower()))
    values = BookValues(name, str(entry["description"]), int(entry["position"]), bool(entry["disabled"]))
    book = save_book(work, values, book)
    there = {
        chapter.name.lower(): chapter
        for chapter in work.db.scalars(select(Chapter).where(Chapter.book_id == book.id))
    }
    for position, wanted in enumerate(map(str, entry["chapters"]), 1):
        save_chapter(work, book, wanted, there.pop(wanted.lower(), None), position)
    left = []
    for chapter in there.values():
        try:
            delete_chapter(work, chapter)
        except Refused as refused:
            left.append(str(refused))
    return left


BOOKS = Section(
    "portal_books",
    ("name",),
    {"description": "", "position": 0, "disabled": False, "chapters": []},
    _dump,
    _save,
)
