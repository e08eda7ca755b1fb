"""What else happens when a message with inserted articles is sent: the ticket refers to them, the subject is theirs."""

from collections.abc import Sequence
from dataclasses import replace

from pyramid.request import Request

from rtpy.changes.change import Change
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.http.resources import TicketResource
from rtpy.links.things import article_uri
from rtpy.models import Article
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes
from rtpy.search.things import name_things
from rtpy.web.staff.forms import texts_named

MOST = 20


def chosen_articles(request: Request) -> tuple[int, ...]:
    """The articles that the posted form says were inserted, each once."""
    texts = texts_named(request, "article")
    numbers = [int(each) for each in texts if each.isascii() and each.isdigit() and len(each) < 19]
    return tuple(dict.fromkeys(numbers))[:MOST]


def with_articles(
    resource: TicketResource, request: Request, changes: Sequence[Change]
) -> tuple[Change, ...]:
    """The changes, with a link to each article whose class links and that the writer may read, and with the subject.

    Without ModifyTicket there is no link: it would be refused, and the message with it. No query without articles.
    """
    ids = chosen_articles(request)
    if not ids:
        return tuple(changes)
    work = resource.work
    shows = work.rights.of(Right.SHOW_ARTICLE)
    classes = known_classes(request.app, request.db)
    links: list[Change] = []
    subject = ""
    for number in ids:
        article = work.db.get(Article, number)
        if article is None or not shows.on("class", article.class_id):
            continue
        known = classes[article.class_id]
        if known.links and resource.allows(Right.MODIFY_TICKET):
            links.append(AddLink("RefersTo", article_uri(request.app.config.organization, number)))
        if known.sets_subject:
            subject = subject or article.summary or article.name
    return tuple([_with_subject(each, subject) if subject else each for each in changes] + links)


def _with_subject(change: Change, subject: str) -> Change:
    if isinstance(change, Correspond | Comment):
        return replace(change, message=replace(change.message, subject=subject))
    return change


def articles_url(request: Request, resource: TicketResource) -> str | None:
    """Where an article is chosen for a message on this ticket; None where none is offered. No query."""
    grants = resource.work.rights.of(Right.SHOW_ARTICLE)
    if grants.nowhere:
        return None
    known = known_classes(request.app, request.db).values()
    queue_id = resource.ticket.queue_id
    if not any(each.is_offered_in(queue_id) and grants.on("class", each.id) for each in known):
        return None
    url: str = request.route_path("ticket.articles", id=resource.ticket.id)
    return url


def named_articles(request: Request, ids: Sequence[int]) -> tuple[tuple[int, str], ...]:
    """Numbers and names of inserted articles, as far as the reader may read them. One query, none for none."""
    if not ids:
        return ()
    organization = request.app.config.organization
    uris = {article_uri(organization, number): number for number in ids}
    named = name_things(request.work, tuple(uris))
    return tuple((number, named[uri].name) for uri, number in uris.items() if named[uri].is_seen)
