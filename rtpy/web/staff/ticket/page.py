"""Everything that the page of a ticket shows, read in a number of queries that does not grow with its history."""

from dataclasses import dataclass

from pyramid.request import Request

from rtpy.fields.contents import fields_seen
from rtpy.history.entry import Entry
from rtpy.history.reading import read_history
from rtpy.http.resources import TicketResource
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.web.avatars import person_avatar
from rtpy.web.html import Html
from rtpy.web.shown import Link, Person, TicketRow
from rtpy.web.staff.rows import labels_in, priority_badge, status_badge
from rtpy.web.staff.ticket.children import child_url
from rtpy.web.staff.ticket.composer import Answer, show_composer
from rtpy.web.staff.ticket.conversation import show_conversation
from rtpy.web.staff.ticket.custom_fields import show_ticket_fields, with_fields
from rtpy.web.staff.ticket.deeds import show_deeds
from rtpy.web.staff.ticket.hints import show_hints
from rtpy.web.staff.ticket.linkbox import show_links
from rtpy.web.staff.ticket.linked import read_linked
from rtpy.web.staff.ticket.mails import SentMail, read_mails
from rtpy.web.staff.ticket.reminders import show_reminders
from rtpy.web.staff.ticket.review import review_link
from rtpy.web.staff.ticket.sidebar import (
    Belonging,
    WatcherLine,
    belonging_of,
    more_links,
    read_others,
    read_watchers,
    show_dates,
    show_facts,
    show_people,
)
from rtpy.web.times import show_minutes

MESSAGES = ("Create", "Correspond", "Comment")
"""Types of entries that somebody wrote to be read."""
AT_ONCE = 100
"""So many entries are shown; earlier ones after one more click."""


@dataclass(frozen=True, slots=True)
class ShownTicket:
    """The head of the page."""

    id: int
    subject: str
    url: str
    status: Html
    priority: Html
    queue: Link
    organization: Link | None
    requestor: Person | None
    created: Html
    worked: str
    is_bookmarked: bool
    bookmark_url: str
    seen_url: str
    newest: int
    unread: int
    """Messages of others that came since the reader last marked the ticket as read, among those that are shown."""


def ticket_page(
    request: Request, resource: TicketResource, answer: Answer | None = None
) -> dict[str, object]:
    """The values of staff/ticket/display.pt; `answer` is what could not be sent and comes back with the page."""
    ticket, db = resource.ticket, request.db
    entries, earlier_url = read_entries(request, resource)
    watchers, belonging = read_watchers(db, ticket.id), belonging_of(resource)
    linked = read_linked(db, resource.work.rights.of(Right.SHOW_TICKET), ticket.id)
    mails: dict[int, list[SentMail]] = {}
    if resource.allows(Right.SHOW_OUTGOING_EMAIL):
        comments = resource.allows(Right.SHOW_TICKET_COMMENTS)
        mails = read_mails(db, resource.numbers, [entry.id for entry in entries], internal=comments)
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(ticket.queue.name, request.route_path("queue.display", id=ticket.queue_id)),
        ),
        "panel_subject": resource,
        "ticket": _head(request, resource, watchers, belonging, entries),
        "deeds": show_deeds(request, resource),
        "review": review_link(request, resource),
        "hints": show_hints(request, resource, entries),
        "entries": with_fields(request, resource, show_conversation(request, ticket.id, entries, mails)),
        "earlier_url": earlier_url,
        "composer": show_composer(request, resource, entries, answer),
        "owner": _owner(request, resource),
        "people": show_people(request, watchers, ticket.queue_id),
        "facts": show_facts(request, resource, belonging),
        "recipients_url": request.route_path("ticket.recipients", id=ticket.id),
        "links": show_links(request, resource, linked.links),
        "dates": show_dates(request, ticket),
        "modify_url": request.route_path("ticket.modify", id=ticket.id),
        **show_ticket_fields(request, resource),
        "reminders": show_reminders(request, resource, linked.reminders),
        "child_url": child_url(request, resource, watchers),
        "more_links": more_links(request, ticket.id),
        "others": _others(request, resource, watchers),
        "others_url": _others_url(request, watchers),
    }


def read_entries(request: Request, resource: TicketResource) -> tuple[list[Entry], str | None]:
    """The newest entries that the reader may read, all of them when asked for; and where all of them are."""
    comments = resource.allows(Right.SHOW_TICKET_COMMENTS)
    everything = request.GET.get("all") == "1"
    newest = None if everything else AT_ONCE + 1
    # What mails went out stands beside their causes, not in lines of its own.
    fields = fields_seen(resource.work, (resource.ticket.queue_id,), resource.roles)
    entries = read_history(
        request.db, resource.numbers, comments=comments, outgoing=False, fields=fields, newest=newest
    )
    earlier = not everything and len(entries) > AT_ONCE
    # The other end of a merge says the same once more.
    entries = [
        entry
        for entry in (entries[1:] if earlier else entries)
        if entry.field != "MergedInto" or entry.ticket_id == resource.ticket.id
    ]
    if not earlier:
        return entries, None
    return entries, request.route_path("ticket.display", id=resource.ticket.id, _query={"all": "1"})


def _head(
    request: Request,
    resource: TicketResource,
    watchers: list[WatcherLine],
    belonging: Belonging,
    entries: list[Entry],
) -> ShownTicket:
    ticket, path = resource.ticket, request.route_path
    first = next((line for line in watchers if line.role == REQUESTOR and not line.is_group), None)
    organization = None
    if belonging.organization_id is not None:
        organization = Link(
            belonging.organization, path("organization.display", id=belonging.organization_id)
        )
    return ShownTicket(
        ticket.id,
        ticket.subject or "(no subject)",
        path("ticket.display", id=ticket.id),
        status_badge(request.app, ticket.status),
        priority_badge(ticket.priority, labels_in(ticket.queue.priority_labels)),
        Link(ticket.queue.name, path("queue.display", id=ticket.queue_id)),
        organization,
        Person(first.name, person_avatar(request, first.id, first.name), first.address) if first else None,
        request.when(ticket.created),
        show_minutes(ticket.time_worked),
        resource.is_bookmarked,
        path("ticket.bookmark", id=ticket.id),
        path("ticket.seen", id=ticket.id),
        entries[-1].id if entries else 0,
        _unread(resource, entries),
    )


def _unread(resource: TicketResource, entries: list[Entry]) -> int:
    me, seen = resource.work.actor.user_id, resource.seen_up_to
    return sum(entry.id > seen and entry.type in MESSAGES and entry.creator_id != me for entry in entries)


def _owner(request: Request, resource: TicketResource) -> Person | None:
    ticket = resource.ticket
    if ticket.owner_id == request.app.nobody_id(request.db):
        return None
    name = ticket.owner.display_name
    url = request.route_path("people.display", id=ticket.owner_id)
    return Person(name, person_avatar(request, ticket.owner_id, name), "", url)


def _others(request: Request, resource: TicketResource, watchers: list[WatcherLine]) -> list[TicketRow]:
    path, when = request.route_path, request.when
    return [
        TicketRow(
            row.id,
            path("ticket.display", id=row.id),
            row.subject or "(no subject)",
            "",
            status_badge(request.app, row.status),
            Html(),
            "",
            Html(),
            "",
            when(row.updated),
        )
        for row in read_others(resource, watchers)
    ]


def _others_url(request: Request, watchers: list[WatcherLine]) -> str | None:
    first = next((line.id for line in watchers if line.role == REQUESTOR and not line.is_group), None)
    if first is None:
        return None
    url: str = request.route_path("ticket.list", _query={"requestor": first, "status": "all"})
    return url
