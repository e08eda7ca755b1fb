"""Choosing an article for the message that is being written; what was typed comes along and comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.articles import HTML, TEXT
from rtpy.content.plain import html_to_text
from rtpy.http.resources import TicketResource
from rtpy.models import Article
from rtpy.rights.names import Right
from rtpy.search.articles import PER_PAGE, ArticleFilter, ClassKnown, known_classes, list_articles
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.article.display import show_content
from rtpy.web.staff.article.inserting import inserted_text, put_below, texts_to_insert
from rtpy.web.staff.article.list import class_options, classes_seen, read_filter
from rtpy.web.staff.drafts import read_drafts, save_draft
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.ticket.audience import unticked_in
from rtpy.web.staff.ticket.composer import COMMENT, REPLY, answer_of, place_of
from rtpy.web.staff.ticket.page import ticket_page

OWN = frozenset({"csrf_token", "q", "class", "topic", "page", "insert", "put", "articles", "kind"})
"""Fields of the page itself; all others are the composer's and come back to it."""
SHOWN = 400
"""Characters of a text that are shown to choose by."""
LONGEST_PUT = 2_000


@dataclass(frozen=True, slots=True)
class Choice:
    """An article to choose."""

    id: int
    name: str
    url: str
    summary: str
    class_name: str
    content: Html


@view_config(
    route_name="ticket.articles",
    request_method="GET",
    renderer="staff/article/insert.pt",
    permission=Right.SHOW_TICKET,
)
def show_choice(resource: TicketResource, request: Request) -> dict[str, object]:
    """`?kind=` reply or comment, `?q=` words, `?class=`. What was typed is in the draft."""
    return _page(resource, request, request.GET)


@view_config(
    route_name="ticket.articles",
    request_method="POST",
    renderer="staff/article/insert.pt",
    permission=Right.SHOW_TICKET,
)
def search(resource: TicketResource, request: Request) -> dict[str, object]:
    """The same with everything that stood in the composer, which the page hands on."""
    given = texts_of(request)
    if "text" in given:
        save_draft(resource.work, place_of(resource.ticket.id, _kind(given)), {"text": given["text"]})
    return _page(resource, request, given)


@view_config(
    route_name="ticket.articles",
    request_method="POST",
    request_param="insert",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def insert(resource: TicketResource, request: Request) -> dict[str, object]:
    """The ticket's page with the text of the article below what was typed. Nothing is sent."""
    given = texts_of(request)
    article = _offered(resource, request, given["insert"])
    if article is None:
        error = "This article is not offered for the queue: choose another one."
        return _composing(resource, request, given, "", error=error)
    known = known_classes(request.app, request.db)[article.class_id]
    return _composing(resource, request, given, inserted_text(resource.work, article, known), article.id)


@view_config(
    route_name="ticket.articles",
    request_method="POST",
    request_param="put",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def put(resource: TicketResource, request: Request) -> dict[str, object]:
    """The same with the words in `put`, which a page of a plugin offered, such as the address of something to read."""
    given = texts_of(request)
    return _composing(resource, request, given, given["put"][:LONGEST_PUT])


def _composing(
    resource: TicketResource,
    request: Request,
    given: Mapping[str, str],
    words: str,
    article_id: int | None = None,
    error: str = "",
) -> dict[str, object]:
    work, ticket = resource.work, resource.ticket
    kind = _kind(given)
    place = place_of(ticket.id, kind)
    typed = given.get("text")
    if typed is None:
        draft = read_drafts(work.db, work.actor.user_id, (place,)).get(place)
        typed = draft.fields.get("text", "") if draft else ""
    answer = answer_of(request, kind, unticked_in(request))
    if error:
        return ticket_page(request, resource, replace(answer, text=typed, error=error))
    text = put_below(typed, words)
    save_draft(work, place, {"text": text})
    chosen = answer.articles if article_id is None else tuple(dict.fromkeys((*answer.articles, article_id)))
    return ticket_page(request, resource, replace(answer, text=text, articles=chosen))


def _page(resource: TicketResource, request: Request, given: Mapping[str, str]) -> dict[str, object]:
    ticket, path, kind = resource.ticket, request.route_path, _kind(given)
    classes = {each.id: each for each in _classes(resource, request)}
    wanted = read_filter(request, given)
    wanted = ArticleFilter(words=wanted.words, class_id=wanted.class_id, class_ids=frozenset(classes))
    typed = given.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) < 10_000 else 1
    page = list_articles(request.db, resource.work.rights.of(Right.SHOW_ARTICLE), wanted, number)
    texts = _texts(request, [row.id for row in page.rows])
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "kind": kind,
        "words": wanted.words,
        "classes": class_options(classes_seen(request, classes.values()), wanted.class_id),
        "choices": [
            Choice(
                row.id,
                row.name,
                path("article.display", id=row.id),
                row.summary,
                classes[row.class_id].name,
                texts.get(row.id, Html()),
            )
            for row in page.rows
        ],
        "has_classes": bool(classes),
        "next_page": number + 1 if page.has_next else None,
        "previous_page": number - 1 if number > 1 else None,
        "total": page.total,
        "per_page": PER_PAGE,
        "post_url": path("ticket.articles", id=ticket.id),
        "back_url": path("ticket.display", id=ticket.id, _query={"compose": kind}, _anchor=kind),
        "hidden": [
            (name, value)
            for name, value in (request.POST.items() if request.method == "POST" else ())
            if name not in OWN and isinstance(value, str)
        ],
    }


def _texts(request: Request, ids: list[int]) -> dict[int, Html]:
    """The beginnings of the texts, to choose by. One query, none for no articles."""
    if not ids:
        return {}
    articles = request.db.scalars(select(Article).where(Article.id.in_(ids))).all()
    texts = texts_to_insert(request.work, articles)
    return {
        number: show_content(_beginning(text.content, text.format), TEXT) for number, text in texts.items()
    }


def _beginning(content: str, form: str) -> str:
    text = html_to_text(content) if form == HTML else content
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …"


def _classes(resource: TicketResource, request: Request) -> list[ClassKnown]:
    """The classes that apply to the ticket's queue and whose articles the reader may read."""
    grants = resource.work.rights.of(Right.SHOW_ARTICLE)
    known = known_classes(request.app, request.db).values()
    return [
        each for each in known if each.is_offered_in(resource.ticket.queue_id) and grants.on("class", each.id)
    ]


def _offered(resource: TicketResource, request: Request, number: str) -> Article | None:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    article: Article | None = request.db.get(Article, int(number))
    if article is None or article.disabled:
        return None
    return article if article.class_id in {each.id for each in _classes(resource, request)} else None


def _kind(given: Mapping[str, str]) -> str:
    """For which form: the button says it, or the page that it led to."""
    said = given.get("articles") or given.get("kind", "")
    return COMMENT if said == COMMENT else REPLY
