"""All pages of knowledge as their writers see them: by shelf, by book, by words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in
from rtpy.web.times import show_day
from rtpy_portal.knowledge.listing import PageLine, Shelf, count_shelves, list_pages, standing
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.models import Book
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import AUDIENCES, Badges, knowledge_crumbs, language_name, today_of

PER_PAGE = 50
LABELS = {
    Shelf.ALL: "All",
    Shelf.DRAFT: "Drafts and changes",
    Shelf.REVIEW: "Waiting for review",
    Shelf.LATER: "Set for later",
    Shelf.DUE: "Due for review",
    Shelf.BEHIND: "Older translations",
    Shelf.WITHDRAWN: "Withdrawn",
}
EMPTY = {
    Shelf.ALL: "No page here yet. Write down what you explain again and again.",
    Shelf.DRAFT: "Nothing is being written.",
    Shelf.REVIEW: "Nothing waits for a second pair of eyes.",
    Shelf.LATER: "Nothing is to be published at a later moment.",
    Shelf.DUE: "Nothing is due in the next two weeks. Each page can have a day by which its owner looks at it again.",
    Shelf.BEHIND: "Every translation says what its original says.",
    Shelf.WITHDRAWN: "Nothing was withdrawn.",
}
USUAL = {("show", Shelf.ALL.value), ("page", "1")}
"""What addresses need not say."""


@dataclass(frozen=True, slots=True)
class Row:
    """A page in the list; `place` is set where another book or chapter begins."""

    title: str
    url: str
    place: str
    badges: Badges
    audience: str
    language: str
    owner: str
    review_by: Html | str


@view_config(
    route_name="portal.books.list",
    request_method="GET",
    renderer="portal/books/list.pt",
    permission=WRITE_KNOWLEDGE,
)
def list_all(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """`?show=` a shelf, `?q=` words of titles, `?book=`, `?page=`. Three queries beside the frame's."""
    given, path, today = request.GET, request.route_path, today_of(request)
    shelf = next((each for each in Shelf if each.value == given.get("show")), Shelf.ALL)
    words = " ".join(given.get("q", "").replace("\x00", "").split())[:100]
    books = request.db.execute(select(Book.id, Book.name).order_by(Book.position, Book.name)).all()
    book_id = number_in(given.get("book", ""))
    number = asked_page(request)
    counts = count_shelves(request.db, today)
    lines = list_pages(
        request.db,
        today,
        shelf,
        words=words,
        book_id=book_id,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE + 1,
    )
    narrowed = {"q": words, "book": str(book_id or "")}

    def url(at: int, wanted: Shelf = shelf) -> str:
        query = {**narrowed, "show": wanted.value, "page": str(at)}
        plain = {key: value for key, value in query.items() if value and (key, value) not in USUAL}
        found: str = path("portal.books.list", _query=plain or None)
        return found

    return {
        "crumbs": knowledge_crumbs(request)[:1],
        "tabs": [Link(LABELS[each], url(1, each), each is shelf, counts[each]) for each in Shelf],
        "shelf": shelf.value,
        "words": words,
        "book_field": Field(
            "book",
            "Book",
            kind="select",
            required=True,
            options=(
                Option("", "all"),
                *(Option(str(each.id), each.name, each.id == book_id) for each in books),
            ),
        ),
        "list_url": path("portal.books.list"),
        "rows": _rows(request, lines[:PER_PAGE]),
        "empty_text": "No page fits. Look for fewer words, or in all books."
        if words or book_id
        else EMPTY[shelf],
        "previous_url": url(number - 1) if number > 1 else None,
        "next_url": url(number + 1) if len(lines) > PER_PAGE else None,
        "create_url": path("portal.books.write"),
        "books": [Link(each.name, path("portal.books.book", id=each.id)) for each in books],
        "new_book_url": path("portal.books.new_book"),
        "may_publish": request.work.rights.system(PUBLISH_KNOWLEDGE),
    }


def _rows(request: Request, lines: Sequence[PageLine]) -> list[Row]:
    today, before, found = today_of(request), "", []
    for line in lines:
        page, place = line.page, f"{line.book} › {line.chapter}"
        found.append(
            Row(
                page.title,
                request.route_path("portal.books.display", id=page.id),
                "" if place == before else place,
                standing(page, today, is_behind=line.is_behind),
                AUDIENCES[Audience(page.audience)],
                language_name(page.lang),
                line.owner,
                show_day(page.review_by) if page.review_by else "",
            )
        )
        before = place
    return found
