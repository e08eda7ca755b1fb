"""Outgoing mail by state: what was sent, what waits, what failed, and holding it back."""

from collections import defaultdict
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from rtpy.http.resources import SystemResource
from rtpy.mail import outbox
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.rights.names import Right
from rtpy.web.admin.home import OUTGOING
from rtpy.web.admin.mail.paging import older_url, read_page
from rtpy.web.html import Html
from rtpy.web.shown import Deed, Link
from rtpy.web.staff.ticket.mails import mail_facts
from rtpy.web.staff.ticket.raw import send_raw

TONES = {"sent": "ok", "failed": "bad", "held": "warn", "queued": "info", "sending": "info"}


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """One mail in the list."""

    id: int
    url: str
    state: str
    tone: str
    internal: bool
    created: Html
    recipients: str
    failed: str
    subject: str
    answer: str
    ticket_id: int | None
    ticket_url: str | None
    deeds: tuple[Deed, ...]


@view_config(
    route_name="admin.mail.outgoing",
    request_method="GET",
    renderer="admin/mail/outgoing.pt",
    permission=Right.SUPER_USER,
)
def list_outgoing(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?state=` one of them; without it all."""
    path, db = request.route_path, request.db
    state = request.GET.get("state", "")
    query = select(
        OutgoingMail.id,
        OutgoingMail.state,
        OutgoingMail.internal,
        OutgoingMail.created,
        OutgoingMail.subject,
        OutgoingMail.attempts,
        OutgoingMail.last_answer,
        OutgoingMail.ticket_id,
    )
    if state in OUTGOING:
        query = query.where(OutgoingMail.state == state)
    rows, more = read_page(request, query, OutgoingMail.id)
    recipients = _recipients(db, [row.id for row in rows])
    counts = outbox.count_states(db)
    tabs = [Link("All", path("admin.mail.outgoing"), state not in OUTGOING, sum(counts.values()))]
    tabs += [
        Link(each, path("admin.mail.outgoing", _query={"state": each}), state == each, counts.get(each, 0))
        for each in OUTGOING
    ]
    kept = {"state": state} if state in OUTGOING else {}
    return {
        "crumbs": _crumbs(request),
        "tabs": tabs,
        "all_held": outbox.is_all_held(db),
        "restored": outbox.is_held_as_restored(db),
        "held_by_file": request.app.config.mail.hold,
        "hold_all_url": path("admin.mail.outgoing.hold_all"),
        "lines": [
            OutgoingLine(
                row.id,
                path("admin.mail.outgoing.display", id=row.id),
                row.state,
                TONES.get(row.state, ""),
                row.internal,
                request.when(row.created),
                _listed([one.address for one in recipients[row.id]]),
                ", ".join(one.address for one in recipients[row.id] if one.state == "failed"),
                row.subject or "(no subject)",
                row.last_answer if row.state != "sent" else "",
                row.ticket_id,
                path("ticket.display", id=row.ticket_id) if row.ticket_id else None,
                _deeds(request, row.id, row.state),
            )
            for row in rows
        ],
        "older_url": older_url(request, "admin.mail.outgoing", kept, rows[-1].id) if more else None,
    }


@view_config(
    route_name="admin.mail.outgoing.display",
    request_method="GET",
    renderer="admin/mail/outgoing_one.pt",
    permission=Right.SUPER_USER,
)
def show_outgoing(resource: SystemResource, request: Request) -> dict[str, object]:
    """One mail with each recipient and the server's last words."""
    path = request.route_path
    mail = request.db.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.id == int(request.matchdict["id"]))
        .options(selectinload(OutgoingMail.recipients))
    )
    if mail is None:
        raise HTTPNotFound()
    return {
        "crumbs": (*_crumbs(request), Link("Outgoing mail", path("admin.mail.outgoing"))),
        **mail_facts(request, mail),
        "ticket_id": mail.ticket_id,
        "ticket_url": path("ticket.display", id=mail.ticket_id) if mail.ticket_id else None,
        "deeds": _deeds(request, mail.id, mail.state),
        "raw_url": path("admin.mail.outgoing.raw", id=mail.id),
    }


@view_config(route_name="admin.mail.outgoing.raw", request_method="GET", permission=Right.SUPER_USER)
def send_outgoing(resource: SystemResource, request: Request) -> Response:
    """The bytes as they are or were sent."""
    number = _number(request)
    return send_raw(outbox.raw_mail(request.app, request.db, number), f"outgoing-{number}.txt")


@view_config(route_name="admin.mail.outgoing.retry", request_method="POST", permission=Right.SUPER_USER)
def retry_outgoing(resource: SystemResource, request: Request) -> Response:
    """Once more, at once."""
    done = outbox.retry(request.db, [_number(request)], request.work.now)
    return _back(request, done, "The mail is tried again at once.")


@view_config(route_name="admin.mail.outgoing.hold", request_method="POST", permission=Right.SUPER_USER)
def hold_outgoing(resource: SystemResource, request: Request) -> Response:
    """Keep it back."""
    return _back(request, outbox.hold(request.db, [_number(request)]), "The mail is held back.")


@view_config(route_name="admin.mail.outgoing.release", request_method="POST", permission=Right.SUPER_USER)
def release_outgoing(resource: SystemResource, request: Request) -> Response:
    """Let it go."""
    done = outbox.release(request.db, [_number(request)], request.work.now)
    return _back(request, done, "The mail goes out now.")


@view_config(route_name="admin.mail.outgoing.cancel", request_method="POST", permission=Right.SUPER_USER)
def cancel_outgoing(resource: SystemResource, request: Request) -> Response:
    """Never send it."""
    return _back(request, outbox.cancel(request.db, [_number(request)]), "The mail will not be sent.")


@view_config(route_name="admin.mail.outgoing.hold_all", request_method="POST", permission=Right.SUPER_USER)
def hold_all_outgoing(resource: SystemResource, request: Request) -> Response:
    """Keep everything back (`held` is yes), or end that."""
    held = request.POST.get("held") == "yes"
    outbox.hold_all(request.db, held=held, now=request.work.now)
    request.flash(
        "All mail is held back from now on." if held else "Mail goes out again.", "warn" if held else "ok"
    )
    return HTTPSeeOther(request.route_path("admin.mail.outgoing"))


def _back(request: Request, done: int, said: str) -> Response:
    number = _number(request)
    if done:
        request.flash(said)
    elif request.db.get(OutgoingMail, number) is None:
        raise HTTPNotFound()
    else:
        request.flash("Nothing changed: look at its state, somebody else or the worker was quicker.", "info")
    return HTTPSeeOther(request.route_path("admin.mail.outgoing.display", id=number))


def _recipients(db: Session, mail_ids: list[int]) -> dict[int, list[OutgoingRecipient]]:
    found: dict[int, list[OutgoingRecipient]] = defaultdict(list)
    if mail_ids:
        rows = db.scalars(
            select(OutgoingRecipient)
            .where(OutgoingRecipient.mail_id.in_(mail_ids))
            .order_by(OutgoingRecipient.id)
        )
        for row in rows:
            found[row.mail_id].append(row)
    return found


def _listed(addresses: list[str]) -> str:
    return ", ".join(addresses[:3]) + (f" and {len(addresses) - 3} more" if len(addresses) > 3 else "")


def _deeds(request: Request, number: int, state: str) -> tuple[Deed, ...]:
    def deed(label: str, name: str, icon: str, tone: str = "") -> Deed:
        return Deed(label, request.route_path(f"admin.mail.outgoing.{name}", id=number), tone=tone, icon=icon)

    offers = {
        "queued": (deed("Send now", "retry", "refresh"), deed("Hold", "hold", "pause", "quiet")),
        "held": (deed("Release", "release", "check"), deed("Cancel", "cancel", "x", "quiet")),
        "failed": (deed("Retry", "retry", "refresh"), deed("Cancel", "cancel", "x", "quiet")),
        "canceled": (deed("Send after all", "retry", "refresh"),),
    }
    return offers.get(state, ())


def _number(request: Request) -> int:
    return int(request.matchdict["id"])


def _crumbs(request: Request) -> tuple[Link, ...]:
    return (
        Link("Home", request.route_path("home")),
        Link("Administration", request.route_path("admin.home")),
    )
