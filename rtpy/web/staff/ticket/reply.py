"""Sending a reply or an internal comment."""

from collections.abc import Sequence

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reading import read_answer
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.history.reading import merged_ids
from rtpy.http.resources import TicketResource, load_again, may_read
from rtpy.models import Transaction, User
from rtpy.rights.names import Right
from rtpy.web.custom_fields.posted import posted_changes
from rtpy.web.panels import brought_changes
from rtpy.web.staff.article.sending import with_articles
from rtpy.web.staff.drafts import forget_draft, save_draft, send_once
from rtpy.web.staff.forms import files_of, texts_of
from rtpy.web.staff.ticket.asking import ask_fields, can_ask
from rtpy.web.staff.ticket.audience import unticked_in
from rtpy.web.staff.ticket.composer import REPLY, answer_of, may_comment, may_reply, place_of
from rtpy.web.staff.ticket.custom_fields import with_said_fields
from rtpy.web.staff.ticket.page import ticket_page
from rtpy.web.staff.ticket.signature import is_only_signature

SAID = ("Create", "Correspond", "Comment")


@view_config(
    route_name="ticket.reply",
    request_method="POST",
    renderer="staff/ticket/display.pt",
    permission=Right.SHOW_TICKET,
)
def send_reply(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """A reply to the customer; `Correspond` itself asks for the right."""
    return send_answer(resource, request, REPLY)


def send_answer(resource: TicketResource, request: Request, kind: str) -> dict[str, object] | Response:
    """Send it and go back; or show the page again with everything that was typed, and why it was not sent."""
    ticket, work, given = resource.ticket, resource.work, texts_of(request)
    here = request.route_path("ticket.display", id=ticket.id)
    if not (may_reply if kind == REPLY else may_comment)(resource):
        raise Refused(f"You may not write to ticket #{ticket.id}.")
    if kind == REPLY and is_only_signature(given.get("text", ""), request.login.signature):
        given["text"] = ""
    spared = unticked_in(request)
    newer = _newer(resource, given.get("last_seen", ""))
    if newer:
        return _again(resource, request, kind, 409, spared, newer=newer)
    try:
        with work.db.begin_nested():
            if send_once(work, given.get("token", ""), {}) is not None:
                request.flash("This was sent already: it stands below once.", "info")
                return HTTPSeeOther(here)
            changes = read_answer(work, kind, given, files_of(request), spared=spared)
            answer = with_said_fields(request, changes)
            moves = [each for each in answer if isinstance(each, SetStatus)]
            said = [each for each in answer if not isinstance(each, SetStatus)]
            further = (*posted_changes(request, ticket), *brought_changes(work, ticket, kind, given))
            changes = with_articles(resource, request, (*said, *further, *moves))
            outcome = change_ticket(work, ticket, *changes)
    except Invalid as invalid:
        if can_ask(request, kind, invalid):
            request.override_renderer = "staff/ticket/modify.pt"
            return ask_fields(request, resource, invalid)
        return _again(resource, request, kind, 422, spared, error=str(invalid))
    except (Refused, Conflict) as refused:
        return _again(resource, request, kind, 409, spared, error=str(refused))
    forget_draft(work, place_of(ticket.id, kind))
    request.flash("Your reply is recorded and on its way." if kind == REPLY else "Your comment is added.")
    return HTTPSeeOther(f"{here}#txn-{outcome.transactions[0].id}")


def _again(
    resource: TicketResource,
    request: Request,
    kind: str,
    status: int,
    spared: Sequence[str],
    *,
    error: str = "",
    newer: tuple[str, ...] = (),
) -> dict[str, object]:
    load_again(resource)
    given = texts_of(request)
    save_draft(resource.work, place_of(resource.ticket.id, kind), {"text": given.get("text", "")})
    request.response.status_int = status
    answer = answer_of(request, kind, spared, error=error, newer=newer)
    return ticket_page(request, resource, answer)


def _newer(resource: TicketResource, last_seen: str) -> tuple[str, ...]:
    """What others said since the form was loaded, a sentence each, as far as the reader may read it."""
    if not last_seen.isascii() or not last_seen.isdigit() or len(last_seen) > 18:
        return ()
    db = resource.work.db
    rows = db.execute(
        select(Transaction.type, User.name, User.real_name)
        .join(User, User.id == Transaction.creator_id)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id.in_(merged_ids(db, resource.ticket.id)),
            Transaction.id > int(last_seen),
            Transaction.type.in_(SAID),
            Transaction.creator_id != resource.work.actor.user_id,
        )
        .order_by(Transaction.id)
        .limit(10)
    )
    deeds = {"Correspond": "replied", "Comment": "added an internal comment", "Create": "wrote"}
    return tuple(
        f"{row.real_name or row.name} {deeds[row.type]}." for row in rows if may_read(resource, row.type)
    )
