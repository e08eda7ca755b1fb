"""Books and chapters: their names, and their section of set-up files."""

import pytest

from rtpy.errors import Invalid
from rtpy_portal.knowledge.books import BookValues, save_book, save_chapter
from rtpy_portal.knowledge.sections import BOOKS

pytestmark = pytest.mark.databases("sqlite")  # plain queries, the same on both


def entry(work, name):
    return next(each for each in BOOKS.dump(work) if each["name"] == name)


def test_no_two_books_share_a_name_and_no_two_chapters_of_a_book(work):
    book = save_book(work, BookValues("Printing"))
    with pytest.raises(Invalid, match="already"):
        save_book(work, BookValues("printing"))
    save_chapter(work, book, "Paper")
    with pytest.raises(Invalid, match="already"):
        save_chapter(work, book, "paper")
    assert save_chapter(work, save_book(work, BookValues("Mail")), "Paper").slug == "paper"


def test_what_is_exported_makes_the_same_again(work):
    wanted = {
        "name": "Printing",
        "description": "All of it",
        "position": 4,
        "disabled": True,
        "chapters": ["Paper", "Ink"],
    }
    assert BOOKS.save(work, wanted, None) == []
    assert entry(work, "Printing") == wanted
    assert BOOKS.save(work, entry(work, "Printing"), wanted) == []
    assert entry(work, "Printing") == wanted


def test_a_chapter_that_the_file_does_not_name_goes_only_when_it_is_empty(work, published):
    published("Set up mail")
    BOOKS.save(work, {**entry(work, "Help"), "chapters": ["First steps", "Empty"]}, None)
    (left,) = BOOKS.save(work, {**entry(work, "Help"), "chapters": ["Mail"]}, None)
    assert "Pages stand in the chapter First steps" in left
    assert sorted(entry(work, "Help")["chapters"]) == ["First steps", "Mail"]
