"""Mails of strangers that wait for a ticket: to read them and to say what becomes of each."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.content.plain import message_text
from rtpy.errors import NotFound, Refused
from rtpy.http.resources import SystemResource, TicketResource
from rtpy.http.security import STAFF
from rtpy.mail.message import read_mail
from rtpy.mail.review import (
    add_to_ticket,
    all_waiting,
    has_review,
    make_own_ticket,
    throw_away,
    waiting_for,
)
from rtpy.mail.trust.words import describe_checks
from rtpy.models import IncomingMail
from rtpy.rights.names import Right
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of

READ = 2_000_000
"""Bytes of a mail that is read for this page; a larger one is shown by its subject."""
SHOWN = 4_000
DEEDS = {
    "add": (add_to_ticket, "The mail goes into the ticket in a moment."),
    "own": (make_own_ticket, "The mail becomes a ticket of its own in a moment."),
    "junk": (throw_away, "The mail was thrown away."),
}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One mail of the list over all tickets."""

    subject: str
    sender: str
    received: Html
    ticket_id: int
    ticket_subject: str
    url: str


@dataclass(frozen=True, slots=True)
class ReviewMail:
    """One mail that waits for the ticket; `files` are names."""

    id: int
    subject: str
    sender: str
    received: Html
    text: str
    is_cut: bool
    files: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]


@view_config(
    route_name="mail.review",
    request_method="GET",
    renderer="staff/review.pt",
    permission=STAFF,
)
def list_review(resource: SystemResource, request: Request) -> dict[str, object]:
    """All that wait and that the reader may decide about, newest first."""
    path = request.route_path
    return {
        "crumbs": (Link("Home", path("home")),),
        "lines": [
            ReviewLine(
                each.subject or "(no subject)",
                each.sender or "(no sender)",
                request.when(each.received),
                each.ticket.id,
                each.ticket.subject or "(no subject)",
                path("ticket.review", id=each.ticket.id, _anchor=f"mail-{each.id}"),
            )
            for each in all_waiting(request.work)
        ],
    }


@view_config(
    route_name="ticket.review",
    request_method="GET",
    renderer="staff/ticket/review.pt",
    permission=Right.MODIFY_TICKET,
)
def show_review(resource: TicketResource, request: Request) -> dict[str, object]:
    """What waits for this ticket, oldest first."""
    ticket, path = resource.ticket, request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "subject": ticket.subject or "(no subject)",
        "ticket_url": path("ticket.display", id=ticket.id),
        "url": path("ticket.review", id=ticket.id),
        "mails": [_shown(request, mail) for mail in waiting_for(request.db, ticket)],
    }


@view_config(route_name="ticket.review", request_method="POST", permission=Right.MODIFY_TICKET)
def decide(resource: TicketResource, request: Request) -> Response:
    """Fields `mail` and `deed`: add, own or junk."""
    given, ticket = texts_of(request), resource.ticket
    number = given.get("mail", "")
    deed = DEEDS.get(given.get("deed", ""))
    if deed is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise HTTPNotFound()
    act, said = deed
    try:
        act(request.work, ticket, int(number))
    except NotFound:
        raise HTTPNotFound() from None
    except Refused as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash(said)
    left = waiting_for(request.db, ticket)
    return HTTPSeeOther(request.route_path("ticket.review" if left else "ticket.display", id=ticket.id))


def review_link(request: Request, resource: TicketResource) -> Link | None:
    """The link on the ticket's page while mails wait. One query where the queue has such mails, else none."""
    ticket = resource.ticket
    if not (has_review(request.app, request.db, ticket.queue_id) and resource.allows(Right.MODIFY_TICKET)):
        return None
    number = len(waiting_for(request.db, ticket))
    if not number:
        return None
    label = "A mail of a stranger waits" if number == 1 else f"{number} mails of strangers wait"
    return Link(label, request.route_path("ticket.review", id=ticket.id))


def _shown(request: Request, mail: IncomingMail) -> ReviewMail:
    text, files = "", tuple[str, ...]()
    if mail.size <= READ:
        message = read_mail(mail.raw).message
        text = message_text(message.parts)
        files = tuple(part.filename for part in message.parts if part.filename)[:20]
    return ReviewMail(
        mail.id,
        mail.subject or "(no subject)",
        mail.sender or "(no sender)",
        request.when(mail.received),
        text[:SHOWN] or "(It has no text, or is too large to be shown here.)",
        len(text) > SHOWN,
        files,
        tuple(describe_checks(mail.transport)),
    )
