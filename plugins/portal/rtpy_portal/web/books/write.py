"""Writing a new page, a translation of one, or one that begins with what was said in a ticket."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource, TicketResource
from rtpy.links.things import article_uri
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy_portal.knowledge.from_tickets import begin_from
from rtpy_portal.knowledge.listing import first_review
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, create_page, values_of
from rtpy_portal.models import Book, Chapter, Page
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.form import PageForm, check_day, page_form, read_values
from rtpy_portal.web.books.said import knowledge_crumbs, language_name, page_link
from rtpy_portal.web.once import was_sent
from rtpy_portal.words import languages, spoken

CHECK = (
    "Read it once as a stranger would: take out whatever belongs to this customer alone, and say it for all."
)


@view_config(
    route_name="portal.books.write",
    request_method="GET",
    renderer="portal/books/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """An empty form; `?chapter=` chooses where, `?original=` begins a translation."""
    original = _original(request, request.GET.get("original", ""))
    if original is not None:
        said = values_of(request.work, original)
        taken = set(
            request.db.scalars(
                select(Page.lang).where((Page.id == original.id) | (Page.original_id == original.id))
            )
        )
        left = [code for code in languages() if code not in taken]
        values = PageValues(
            said.title,
            said.chapter_id,
            said.summary,
            said.content,
            said.format,
            said.audience,
            said.organization_ids,
            said.owner_id,
            said.review_by,
            left[0] if left else original.lang,
        )
        return _form(request, values, original=original)
    return _form(request, _first_values(request, number_in(request.GET.get("chapter", ""))))


@view_config(
    route_name="portal.books.from_ticket",
    request_method="GET",
    renderer="portal/books/form.pt",
    permission=Right.SHOW_TICKET,
)
def show_from_ticket(resource: TicketResource, request: Request) -> Mapping[str, object]:
    """The form with what customers read in the ticket, without the names and addresses in it. Nothing is kept yet."""
    if not request.work.rights.system(WRITE_KNOWLEDGE):
        raise Refused("You may not write pages of knowledge: the right WriteKnowledge is needed.")
    begun = begin_from(request.db, resource.ticket)
    values = _first_values(request, None, begun.title, begun.content)
    what = ", ".join(f"{count} × {word}" for word, count in begun.found.items())
    note = f"These are the messages that customers read. Comments are left out. {CHECK}"
    if what:
        note = f"{note} Taken out already: {what}."
    return _form(request, values, ticket=str(resource.ticket.id), note=note)


@view_config(
    route_name="portal.books.write",
    request_method="POST",
    renderer="portal/books/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def create(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Keep the draft and go there. `ticket`: that one then names it, for staff, where the writer may change it."""
    given = texts_of(request)
    original = _original(request, given.get("original", ""))
    values = read_values(request)
    try:
        check_day(request)
        with request.db.begin_nested():
            if was_sent(request):
                request.flash("This page was kept already: it stands among the drafts.", "info")
                return HTTPSeeOther(request.route_path("portal.books.list"))
            page = create_page(request.work, values, original)
    except Invalid as invalid:
        wrong = problems_of(invalid)
        return _form(request, values, wrong, original=original, ticket=given.get("ticket", ""))
    _link(request, page, number_in(given.get("ticket", "")))
    request.flash("The draft is kept. Nobody reads it until it is published.")
    return HTTPSeeOther(request.route_path("portal.books.display", id=page.id))


def _form(
    request: Request,
    values: PageValues,
    wrong: Mapping[str, str] | None = None,
    *,
    original: Page | None = None,
    ticket: str = "",
    note: str = "",
) -> Mapping[str, object]:
    hidden = {"original": str(original.id) if original else "", "ticket": ticket}
    title = "Write a page" if original is None else f"Translate “{original.title}”"
    if original is not None and not wrong:
        note = f"The text of the original stands here in {language_name(original.lang)}: write over it."
    form = PageForm(
        title,
        knowledge_crumbs(request),
        request.route_path("portal.books.write"),
        {name: value for name, value in hidden.items() if value},
        note=note,
        original=page_link(request, original) if original else None,
    )
    return page_form(request, form, values, wrong)


def _first_values(request: Request, chapter_id: int | None, title: str = "", content: str = "") -> PageValues:
    if chapter_id is None:
        first = (
            select(Chapter.id)
            .join(Book, Book.id == Chapter.book_id)
            .order_by(Book.position, Book.name, Chapter.position, Chapter.id)
        )
        chapter_id = request.db.scalar(first.limit(1))
    me = request.work.actor.user_id
    now = request.work.now
    return PageValues(
        title,
        chapter_id or 0,
        content=content,
        audience=Audience.EVERYONE,
        owner_id=me,
        review_by=first_review(now),
        lang=spoken(request.login.lang or ""),
    )


def _original(request: Request, typed: str) -> Page | None:
    number = number_in(typed)
    if number is None:
        return None
    found: Page | None = request.db.get(Page, number)
    if found is None:
        raise Invalid(Problem("original", "The page that was to be translated is not there any more."))
    return request.db.get(Page, found.original_id) if found.original_id else found


def _link(request: Request, page: Page, ticket_id: int | None) -> None:
    ticket = request.db.get(Ticket, ticket_id) if ticket_id is not None else None
    if ticket is None:
        return
    uri = article_uri(request.app.config.organization, page.article_id)
    try:
        with request.db.begin_nested():
            change_ticket(request.work, ticket, AddLink("ReferredToBy", uri))
    except Refused:
        request.flash("The ticket does not name the page: linking needs ModifyTicket on it.", "info")
