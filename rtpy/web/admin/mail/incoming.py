"""Incoming mail by state: what came, what became of it, and what to do about what stopped."""

from collections.abc import Callable
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.mail.intake_admin import STOPPED, count_by_state, make_ticket, mark_as_junk, retry
from rtpy.mail.trust.words import describe_checks
from rtpy.models import IncomingMail, Queue
from rtpy.rights.names import Right
from rtpy.web.admin.home import INCOMING
from rtpy.web.admin.mail.journey import journey_of
from rtpy.web.admin.mail.paging import older_url, read_page
from rtpy.web.html import Html
from rtpy.web.shown import Deed, Link
from rtpy.web.staff.ticket.raw import read_raw, send_raw

TONES = {
    **{"done": "ok", "quarantined": "bad", "refused": "bad"},
    **{"received": "info", "working": "info", "review": "info"},
}


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One mail in the list."""

    id: int
    url: str
    state: str
    tone: str
    received: Html
    sender: str
    subject: str
    reason: str
    where: str
    ticket_id: int | None
    ticket_url: str | None
    deeds: tuple[Deed, ...]


@view_config(
    route_name="admin.mail.incoming",
    request_method="GET",
    renderer="admin/mail/incoming.pt",
    permission=Right.SUPER_USER,
)
def list_incoming(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?state=` one of them; without it all."""
    path = request.route_path
    state = request.GET.get("state", "")
    query = select(
        IncomingMail.id,
        IncomingMail.state,
        IncomingMail.received,
        IncomingMail.sender,
        IncomingMail.subject,
        IncomingMail.reason,
        IncomingMail.queue,
        IncomingMail.action,
        IncomingMail.ticket_id,
    )
    if state in INCOMING:
        query = query.where(IncomingMail.state == state)
    rows, more = read_page(request, query, IncomingMail.id)
    counts = count_by_state(request.db)
    tabs = [Link("All", path("admin.mail.incoming"), state not in INCOMING, sum(counts.values()))]
    tabs += [
        Link(each, path("admin.mail.incoming", _query={"state": each}), state == each, counts.get(each, 0))
        for each in INCOMING
    ]
    kept = {"state": state} if state in INCOMING else {}
    return {
        "crumbs": _crumbs(request),
        "tabs": tabs,
        "lines": [
            IncomingLine(
                row.id,
                path("admin.mail.incoming.display", id=row.id),
                row.state,
                TONES.get(row.state, ""),
                request.when(row.received),
                row.sender or "(no sender)",
                row.subject or "(no subject)",
                row.reason,
                " ".join(filter(None, (row.queue, row.action if row.action != "correspond" else ""))),
                row.ticket_id,
                path("ticket.display", id=row.ticket_id) if row.ticket_id else None,
                _deeds(request, row.id, row.state),
            )
            for row in rows
        ],
        "older_url": older_url(request, "admin.mail.incoming", kept, rows[-1].id) if more else None,
    }


@view_config(
    route_name="admin.mail.incoming.display",
    request_method="GET",
    renderer="admin/mail/incoming_one.pt",
    permission=Right.SUPER_USER,
)
def show_incoming(resource: SystemResource, request: Request) -> dict[str, object]:
    """One mail with what is known about it, its headers and its body."""
    mail, path = _mail(request), request.route_path
    duplicate = mail.duplicate_of_id
    facts: list[tuple[str, object]] = [
        ("State", mail.state),
        ("Reason", mail.reason or "–"),
        ("Received", request.when(mail.received)),
        ("From", mail.sender or "–"),
        (
            "Through",
            " ".join(filter(None, (mail.queue, mail.action, mail.ticket and f"ticket {mail.ticket}"))),
        ),
        ("Handed over by", mail.peer or "–"),
        *describe_checks(mail.transport),
        ("Tries", str(mail.attempts)),
    ]
    if mail.next_attempt and mail.state == "received":
        facts.append(("Next try", request.when(mail.next_attempt)))
    if mail.auto_kind not in ("", "human"):
        facts.append(("Written by", f"a machine ({mail.auto_kind})"))
    return {
        "crumbs": (*_crumbs(request), Link("Incoming mail", path("admin.mail.incoming"))),
        "mail_id": mail.id,
        "subject": mail.subject or "(no subject)",
        "tone": TONES.get(mail.state, ""),
        "state": mail.state,
        "facts": facts,
        "journey": journey_of(request, mail),
        "traceback": mail.traceback,
        "ticket_id": mail.ticket_id,
        "ticket_url": path("ticket.display", id=mail.ticket_id) if mail.ticket_id else None,
        "duplicate_url": path("admin.mail.incoming.display", id=duplicate) if duplicate else None,
        "deeds": _deeds(request, mail.id, mail.state),
        "ticket_in": path("admin.mail.incoming.ticket", id=mail.id) if mail.state in STOPPED else None,
        "queues": request.queues_seen,
        "download_url": path("admin.mail.incoming.raw", id=mail.id),
        **read_raw(mail.raw),
    }


@view_config(route_name="admin.mail.incoming.raw", request_method="GET", permission=Right.SUPER_USER)
def send_incoming(resource: SystemResource, request: Request) -> Response:
    """The bytes as they came."""
    mail = _mail(request)
    return send_raw(mail.raw, f"incoming-{mail.id}.txt")


@view_config(route_name="admin.mail.incoming.retry", request_method="POST", permission=Right.SUPER_USER)
def retry_incoming(resource: SystemResource, request: Request) -> Response:
    """Once more; caps and loops do not stop it this time."""
    return _do(request, lambda number: retry(request.work, number), "The mail is tried again.")


@view_config(route_name="admin.mail.incoming.ticket", request_method="POST", permission=Right.SUPER_USER)
def ticket_from_incoming(resource: SystemResource, request: Request) -> Response:
    """A new ticket in the queue of the field `queue`, whatever the headers say."""
    given = str(request.POST.get("queue", ""))
    queue = (
        request.db.get(Queue, int(given)) if given.isascii() and given.isdigit() and len(given) < 19 else None
    )
    if queue is None:
        request.flash("Choose a queue of the list.", "bad")
        return HTTPSeeOther(request.route_path("admin.mail.incoming.display", id=request.matchdict["id"]))
    return _do(
        request,
        lambda number: make_ticket(request.work, number, queue),
        f"The mail becomes a ticket in {queue.name}.",
    )


@view_config(route_name="admin.mail.incoming.junk", request_method="POST", permission=Right.SUPER_USER)
def junk_incoming(resource: SystemResource, request: Request) -> Response:
    """Nothing more is to be done about it."""
    return _do(request, lambda number: mark_as_junk(request.work, number), "The mail is marked as junk.")


def _do(request: Request, deed: Callable[[int], None], said: str) -> Response:
    number = int(request.matchdict["id"])
    try:
        deed(number)
    except NotFound:
        raise HTTPNotFound() from None
    except Refused as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash(said)
    return HTTPSeeOther(request.route_path("admin.mail.incoming.display", id=number))


def _deeds(request: Request, number: int, state: str) -> tuple[Deed, ...]:
    deeds = []
    if state in (*STOPPED, "received"):
        deeds.append(
            Deed("Retry", request.route_path("admin.mail.incoming.retry", id=number), icon="refresh")
        )
    if state in STOPPED and state != "junk":
        url = request.route_path("admin.mail.incoming.junk", id=number)
        deeds.append(Deed("Junk", url, tone="quiet", icon="trash"))
    return tuple(deeds)


def _mail(request: Request) -> IncomingMail:
    mail: IncomingMail | None = request.db.get(IncomingMail, int(request.matchdict["id"]))
    if mail is None:
        raise HTTPNotFound()
    return mail


def _crumbs(request: Request) -> tuple[Link, ...]:
    return (
        Link("Home", request.route_path("home")),
        Link("Administration", request.route_path("admin.home")),
    )
