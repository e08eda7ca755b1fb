"""Changing a ticket's fields in place."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reading import read_changes
from rtpy.changes.ticket.mandatory import FieldsMissing
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.fields.definitions import all_fields
from rtpy.history.describing import describe, names_in
from rtpy.history.reading import read_history
from rtpy.http.redirects import safe_path
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.web.custom_fields.posted import posted_changes
from rtpy.web.panels import brought_changes
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.ticket.asking import ASKED, ask_fields
from rtpy.web.times import show_exact


@view_config(
    route_name="ticket.modify",
    request_method="POST",
    renderer="staff/ticket/modify.pt",
    permission=Right.SHOW_TICKET,
)
def modify_ticket(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Do what the fields say, all or nothing; each change asks for its own right. What was refused is told.

    A move that needs fields which are empty is answered with a form for just these.
    """
    ticket, work, given = resource.ticket, resource.work, texts_of(request)
    here = request.route_path("ticket.display", id=ticket.id)
    try:
        changes = (
            *read_changes(work, ticket, given, zone=request.zone),
            *posted_changes(request, ticket),
            *brought_changes(work, ticket, "modify", given),
        )
        ordered = sorted(
            changes, key=lambda change: isinstance(change, SetStatus)
        )  # a move may need the others
        outcome = change_ticket(work, ticket, *ordered)
    except Invalid as invalid:
        if isinstance(invalid, FieldsMissing) or ASKED in given:
            return ask_fields(request, resource, invalid)
        request.flash(str(invalid), "bad")
        return HTTPSeeOther(safe_path(request, given.get("return_to"), f"/ticket/{ticket.id}"))
    except (Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(safe_path(request, given.get("return_to"), f"/ticket/{ticket.id}"))
    if outcome.transactions:
        request.flash(_told(request, ticket.id, [each.id for each in outcome.transactions]))
    else:
        request.flash("Nothing changed: it was like that already.", "info")
    if not _still_seen(resource):
        request.flash(f"Ticket #{ticket.id} is in a queue now that you do not see.", "info")
        return HTTPSeeOther(request.route_path("home"))
    return HTTPSeeOther(safe_path(request, given.get("return_to"), f"/ticket/{ticket.id}") or here)


def _told(request: Request, ticket_id: int, transaction_ids: list[int]) -> str:
    """What was done, in the words of the history."""
    first = min(transaction_ids)
    known = all_fields(request.app, request.db)  # what one changed oneself one may read
    entries = read_history(request.db, [ticket_id], comments=False, outgoing=False, fields=known, newest=20)
    mine = [entry for entry in entries if entry.id >= first and entry.creator_id == request.login.user_id]
    names = names_in(request.db, mine, request.app.named("rtpy_transaction_texts"))
    said = [describe(entry, names, lambda at: show_exact(at, request.zone)) for entry in mine]
    return f"You {', '.join(said)}." if said else "Done."


def _still_seen(resource: TicketResource) -> bool:
    """A move to another queue can take a ticket out of one's sight."""
    work, ticket = resource.work, resource.ticket
    sees = work.rights.of(Right.SHOW_TICKET)
    return sees.in_queue(ticket.queue_id) or sees.allows(
        ticket.queue_id, roles_held(work.db, work.rights.principals, ticket)
    )
