"""Making an article from messages of a ticket: comments are in it only when somebody ticks them."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.content.fold import fold
from rtpy.content.linkify import paragraphs
from rtpy.content.plain import message_text
from rtpy.history.entry import Entry
from rtpy.history.reading import merged_ids, read_history
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.article.create import creation_form
from rtpy.web.staff.article.form import Typed
from rtpy.web.staff.article.list import classes_writable
from rtpy.web.staff.forms import texts_named

MOST = 200
SHOWN = 1_500
"""Characters of a message that are shown to choose by."""


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """A message to choose; `is_internal`: only staff may read it."""

    id: int
    who: str
    at: Html
    text: Html
    is_internal: bool


@view_config(
    route_name="ticket.article",
    request_method="GET",
    renderer="staff/article/from_ticket.pt",
    permission=Right.SHOW_TICKET,
)
def show_messages(resource: TicketResource, request: Request) -> dict[str, object]:
    """The newest messages that the reader may read; what customers read is ticked."""
    return _choice(resource, request)


@view_config(
    route_name="ticket.article",
    request_method="POST",
    renderer="staff/article/form.pt",
    permission=Right.SHOW_TICKET,
)
def begin_article(resource: TicketResource, request: Request) -> dict[str, object]:
    """The form of a new article with the words of the ticked messages (`message`); nothing is kept yet."""
    ticked = set(texts_named(request, "message"))
    chosen = [entry for entry in _messages(resource, request) if str(entry.id) in ticked]
    content = "\n\n".join(text for entry in chosen if (text := _words(entry)))
    note = "These words are only a beginning: take out names and whatever belongs to this client alone."
    if any(entry.is_internal for entry in chosen):
        note = f"Internal comments are among these words. {note}"
    ticket = resource.ticket
    typed = Typed(name=ticket.subject, content=content)
    return creation_form(request, typed, None, str(ticket.id), note)


def _choice(resource: TicketResource, request: Request) -> dict[str, object]:
    if not classes_writable(request):
        raise HTTPForbidden("You need the right CreateArticle on a class of articles that is switched on.")
    ticket, path = resource.ticket, request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "messages": [
            MessageChoice(
                entry.id,
                entry.creator_name,
                request.when(entry.created),
                Html(paragraphs(_words(entry)[:SHOWN])),
                entry.is_internal,
            )
            for entry in _messages(resource, request)
        ],
        "post_url": path("ticket.article", id=ticket.id),
    }


def _messages(resource: TicketResource, request: Request) -> list[Entry]:
    entries = read_history(
        request.db,
        merged_ids(request.db, resource.ticket.id),
        comments=resource.allows(Right.SHOW_TICKET_COMMENTS),
        outgoing=False,
        newest=MOST,
    )
    return [entry for entry in entries if entry.is_message and _words(entry)]


def _words(entry: Entry) -> str:
    """What was said, without quotations and signature."""
    return fold(message_text(entry.parts)).visible.strip()
