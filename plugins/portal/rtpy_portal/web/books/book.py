"""A book and its chapters: made, renamed, moved, switched off."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import at_the_top, beside
from rtpy.web.forms import Field
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy_portal.knowledge.books import BookValues, delete_book, delete_chapter, save_book, save_chapter
from rtpy_portal.models import Book, Chapter, Page
from rtpy_portal.rights import PUBLISH_KNOWLEDGE
from rtpy_portal.web.books.said import knowledge_crumbs, named


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter in the form of its book."""

    id: int
    name: str
    position: int
    pages: str
    is_empty: bool


@view_config(
    route_name="portal.books.new_book",
    request_method="GET",
    renderer="portal/books/book.pt",
    permission=PUBLISH_KNOWLEDGE,
)
@view_config(
    route_name="portal.books.book",
    request_method="GET",
    renderer="portal/books/book.pt",
    permission=PUBLISH_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The book as it is, or an empty form."""
    return _form(request, _book(request), {}, {})


@view_config(
    route_name="portal.books.new_book",
    request_method="POST",
    renderer="portal/books/book.pt",
    permission=PUBLISH_KNOWLEDGE,
)
@view_config(
    route_name="portal.books.book",
    request_method="POST",
    renderer="portal/books/book.pt",
    permission=PUBLISH_KNOWLEDGE,
)
def change(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """`deed`: save, delete, `chapter` (a new one), `rename` or `remove` with the chapter's number."""
    book, given = _book(request), texts_of(request)
    try:
        with request.db.begin_nested():
            url = _do(request, book, given)
    except Invalid as invalid:
        return _form(request, book, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, book, given, {"": str(refused)})
    return HTTPSeeOther(url)


def _do(request: Request, book: Book | None, given: Mapping[str, str]) -> str:
    work, path, deed = request.work, request.route_path, given.get("deed", "save")
    if book is None or deed == "save":
        saved = save_book(work, _values(given), book)
        if book is None:
            save_chapter(work, saved, "First steps")
        request.flash(f"The book {saved.name} is saved.")
        return str(path("portal.books.book", id=saved.id))
    here = str(path("portal.books.book", id=book.id))
    if deed == "delete":
        delete_book(work, book)
        request.flash(f"The book {book.name} is deleted.")
        return str(path("portal.books.list"))
    if deed == "chapter":
        save_chapter(work, book, given.get("chapter_name", ""))
        request.flash("The chapter is added.")
        return here
    kind, _, number = deed.partition(".")
    chapter = request.db.get(Chapter, number_in(number) or 0)
    if chapter is None or chapter.book_id != book.id or kind not in ("rename", "remove"):
        raise Refused("This chapter is not there any more: load the page again.")
    if kind == "remove":
        delete_chapter(work, chapter)
        request.flash("The chapter is deleted.")
    else:
        name = given.get(f"chapter.{number}.name", "")
        save_chapter(work, book, name, chapter, _number(given.get(f"chapter.{number}.position", "0")))
        request.flash("The chapter is saved.")
    return here


def _values(given: Mapping[str, str]) -> BookValues:
    return BookValues(
        given.get("name", ""),
        given.get("description", ""),
        _number(given.get("position", "0")),
        given.get("disabled") == "1",
    )


def _number(typed: str) -> int:
    try:
        return int(typed.strip() or "0")
    except ValueError:
        raise Invalid(Problem("position", "The place in lists is a whole number.")) from None


def _book(request: Request) -> Book | None:
    if "id" not in request.matchdict:
        return None
    book: Book | None = request.db.get(Book, int(request.matchdict["id"]))
    if book is None:
        raise HTTPNotFound()
    return book


def _form(
    request: Request, book: Book | None, given: Mapping[str, str], wrong: Mapping[str, str]
) -> Mapping[str, object]:
    def now(name: str, present: object) -> str:
        return given.get(name, str(present) if book is not None else "")

    about_chapter = given.get("deed", "").startswith(("chapter", "rename"))
    fields = (
        Field("name", "Name", now("name", book and book.name), required=True),
        Field(
            "description",
            "What is in it",
            now("description", book and book.description),
            "textarea",
            "Readers see it under the name.",
            rows=3,
        ),
        Field(
            "position",
            "Place in lists",
            now("position", book and book.position) or "0",
            "number",
            "The lower, the earlier.",
        ),
        Field(
            "disabled",
            "Switched off: readers see none of its pages",
            kind="checkbox",
            checked=given.get("disabled") == "1" if given else bool(book and book.disabled),
        ),
    )
    if about_chapter and "name" in wrong:
        wrong = {"chapter_name": wrong["name"]}
    new_chapter = Field("chapter_name", "Name", given.get("chapter_name", ""), required=True)
    return {
        "crumbs": knowledge_crumbs(request),
        "title": book.name if book is not None else "New book",
        "is_new": book is None,
        "fields": beside(fields, wrong),
        "new_chapter": beside((new_chapter,), wrong)[0],
        "problems": at_the_top(request, (*fields, new_chapter), wrong),
        "post_url": request.path,
        "chapters": _chapters(request, book) if book is not None else (),
    }


def _chapters(request: Request, book: Book) -> list[ChapterRow]:
    rows = request.db.execute(
        select(Chapter.id, Chapter.name, Chapter.position, func.count(Page.id))
        .outerjoin(Page, Page.chapter_id == Chapter.id)
        .where(Chapter.book_id == book.id)
        .group_by(Chapter.id, Chapter.name, Chapter.position)
        .order_by(Chapter.position, Chapter.id)
    )
    return [
        ChapterRow(number, name, position, named(count, "page", "pages"), not count)
        for number, name, position, count in rows
    ]
