"""Correcting a reply that went out with a mistake in it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.correct import CORRECTED, CorrectReply
from rtpy.content.part import plain_message
from rtpy.content.plain import message_text
from rtpy.errors import Invalid, Refused
from rtpy.history.corrections import apart
from rtpy.history.reading import merged_ids, read_history
from rtpy.http.resources import TransactionResource
from rtpy.rights.names import Right
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="ticket.correct",
    request_method="GET",
    renderer="staff/ticket/correct.pt",
    permission=Right.SHOW_TICKET,
)
def correct_form(resource: TransactionResource, request: Request) -> dict[str, object]:
    """The words as they stand now."""
    return _form(resource, request, _words(resource))


@view_config(
    route_name="ticket.correct",
    request_method="POST",
    renderer="staff/ticket/correct.pt",
    permission=Right.SHOW_TICKET,
)
def correct_post(resource: TransactionResource, request: Request) -> dict[str, object] | Response:
    """Put it right, and back to the message; or the form again with what is wrong."""
    given = texts_of(request).get("message", "")
    if given.strip() == _words(resource).strip():
        return HTTPSeeOther(_back(resource, request))
    change = CorrectReply(resource.transaction.id, plain_message(given))
    try:
        change_ticket(resource.work, resource.ticket, change)
    except Invalid as invalid:
        request.response.status_int = 422
        return _form(resource, request, given, problems_of(invalid))
    except Refused as refused:
        request.response.status_int = 409
        return _form(resource, request, given, {"": str(refused)})
    request.flash(
        "The reply is corrected. Customers see both versions where they read the request; no mail went out."
    )
    return HTTPSeeOther(_back(resource, request))


def _words(resource: TransactionResource) -> str:
    """What the message says now: its last correction, else itself."""
    if resource.transaction.type not in CORRECTED:
        raise HTTPNotFound()
    numbers = merged_ids(resource.work.db, resource.ticket.id)
    entries = read_history(resource.work.db, numbers, comments=False, outgoing=False)
    messages, corrections = apart(entries)
    (entry,) = [each for each in messages if each.id == resource.transaction.id]
    return message_text((corrections.get(entry.id) or (entry,))[-1].parts).strip()


def _back(resource: TransactionResource, request: Request) -> str:
    path: str = request.route_path(
        "ticket.display", id=resource.ticket.id, _anchor=f"txn-{resource.transaction.id}"
    )
    return path


def _form(
    resource: TransactionResource, request: Request, words: str, problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    ticket = resource.ticket
    wrong = problems or {}
    message = Field(
        "message",
        "What it should say",
        words,
        kind="textarea",
        required=True,
        error=wrong.get("message", ""),
    )
    ids = {"message": message.id}
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(f"#{ticket.id} {ticket.subject}", request.route_path("ticket.display", id=ticket.id)),
            Link("Correct a reply", request.path),
        ),
        "form": {"message": message},
        "problems": [(ids.get(name), words) for name, words in wrong.items()],
        "writer": resource.transaction.creator.display_name,
        "at": request.when(resource.transaction.created),
        "post_url": request.path,
        "back_url": _back(resource, request),
    }
