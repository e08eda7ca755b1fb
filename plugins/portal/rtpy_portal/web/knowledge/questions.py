"""For staff: the questions under pages, and what of them waits."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.times import show_day
from rtpy_portal.knowledge.moderating import Line, questions_for_staff, waiting_count
from rtpy_portal.knowledge.questions import State
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import knowledge_crumbs

PER_PAGE = 50
TABS = {"waiting": "Waiting for you", "unanswered": "Without an answer", "all": "All"}
EMPTY = {
    "waiting": "Nothing waits for a decision.",
    "unanswered": "Every question that is shown has an answer.",
    "all": "Nobody has asked anything under a page yet.",
}


@view_config(
    route_name="portal.questions.list",
    request_method="GET",
    renderer="portal/knowledge/staff/questions.pt",
    permission=WRITE_KNOWLEDGE,
)
def list_questions(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """`?show=` waiting, unanswered or all; `?page=`. One query."""
    which = request.GET.get("show", "")
    which = which if which in TABS else "waiting"
    number = asked_page(request)
    start = (number - 1) * PER_PAGE
    lines = questions_for_staff(request.db, which, start, PER_PAGE + 1)

    def url(show: str, page: int = 1) -> str:
        query = {"show": show, **({"page": str(page)} if page > 1 else {})}
        found: str = request.route_path("portal.questions.list", _query=query)
        return found

    return {
        "crumbs": knowledge_crumbs(request),
        "tabs": [Link(label, url(name), current=name == which) for name, label in TABS.items()],
        "rows": [_row(request, line) for line in lines[:PER_PAGE]],
        "empty_text": EMPTY[which],
        "previous_url": url(which, number - 1) if number > 1 else None,
        "next_url": url(which, number + 1) if len(lines) > PER_PAGE else None,
    }


def show_waiting(request: Request, _subject: object) -> Mapping[str, object] | None:
    """On the first page of staff, when something waits for them. No query as a rule."""
    if not request.work.rights.system(WRITE_KNOWLEDGE):
        return None
    number = waiting_count(request.app, request.db)
    return {"number": number, "url": request.route_path("portal.questions.list")} if number else None


def count_waiting(request: Request) -> int | None:
    """At the end of the line in the menu. No query as a rule."""
    return waiting_count(request.app, request.db) or None


def _row(request: Request, line: Line) -> tuple[str, str, str, Html, list[tuple[str, str]]]:
    """Words, address, page, day, and badges."""
    badges = []
    if line.question.state == State.WAITING:
        badges.append(("warn", "waits"))
    if line.waiting_answers:
        badges.append(
            ("warn", f"{line.waiting_answers} answers wait" if line.waiting_answers > 1 else "answer waits")
        )
    if line.question.state == State.DECLINED:
        badges.append(("note", "declined"))
    if line.question.in_page is not None:
        badges.append(("ok", "in the page"))
    elif line.shown_answers:
        badges.append(("ok", "answered"))
    words = " ".join(line.question.content.split())
    return (
        words if len(words) <= 120 else f"{words[:120]}…",
        request.route_path("portal.questions.display", id=line.question.id),
        line.page_title,
        show_day(line.question.asked.astimezone(request.zone).date()),
        badges,
    )
