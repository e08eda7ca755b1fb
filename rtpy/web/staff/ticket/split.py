"""Splitting a message off into a ticket of its own."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.reader import Reader
from rtpy.changes.ticket.split import MESSAGES, read_parts, requestors_for, split_message
from rtpy.content.linkify import paragraphs
from rtpy.content.plain import message_text
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import TransactionResource
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.web.custom_fields.posted import given_fields
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.drafts import note_sent, send_once
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.ticket.choices import queue_options
from rtpy.web.staff.ticket.create import queue_inputs, refuse_unseen_fields

SHOWN = 1_500
"""Characters of the message that the form shows."""


@view_config(
    route_name="ticket.split",
    request_method="GET",
    renderer="staff/ticket/split.pt",
    permission=Right.SHOW_TICKET,
)
def split_form(resource: TransactionResource, request: Request) -> dict[str, object]:
    """Subject, queue and requestor of the new ticket, as it would usually be."""
    people = requestors_for(resource.work, resource.ticket, resource.transaction)
    given = {
        "subject": resource.ticket.subject,
        "queue": str(resource.ticket.queue_id),
        "requestor": ", ".join(user.email_address or user.name for user in people),
    }
    return _form(resource, request, given, {})


@view_config(
    route_name="ticket.split",
    request_method="POST",
    renderer="staff/ticket/split.pt",
    permission=Right.SHOW_TICKET,
)
def split_post(resource: TransactionResource, request: Request) -> dict[str, object] | Response:
    """Make it and go there; or show the form again with what is wrong."""
    given = texts_of(request)
    if given.get("deed") == "queue":
        return _form(resource, request, given, {})
    work, token = resource.work, given.get("token", "")
    try:
        with work.db.begin_nested():
            known = send_once(work, token, {})
            if known is not None:
                request.flash(f"It was split off already, as ticket #{known.get('ticket')}.", "info")
                return HTTPSeeOther(request.route_path("ticket.display", id=resource.ticket.id))
            made = _split(resource, request, given)
            if token:
                note_sent(work, token, {"ticket": str(made.id)})
    except Invalid as invalid:
        request.response.status_int = 422
        return _form(resource, request, given, problems_of(invalid))
    except (Refused, Conflict) as refused:
        request.response.status_int = 409
        return _form(resource, request, given, {"": str(refused)})
    request.flash(f"Ticket #{made.id} is split off from #{resource.ticket.id}.")
    seen = resource.work.rights.of(Right.SHOW_TICKET).in_queue(made.queue_id)
    return HTTPSeeOther(request.route_path("ticket.display", id=made.id if seen else resource.ticket.id))


def _split(resource: TransactionResource, request: Request, given: Mapping[str, str]) -> Ticket:
    reader = Reader(resource.work, given)
    queue, people = reader.queue(), reader.people("requestor", ours=False)
    subject = reader.subject()
    if not subject:
        reader.problem("subject", "Say in a few words what it is about.")
    if queue is None or reader.problems:
        reader.done()
        raise Invalid(Problem("queue", "Choose the queue that the ticket goes into."))
    refuse_unseen_fields(request, queue)
    return split_message(
        resource.work,
        resource.ticket,
        resource.transaction,
        queue=queue,
        subject=subject,
        requestors=reader.make(people),
        tell=given.get("tell") == "1",
        fields=given_fields(request, Lookup.TICKET),
        said_fields=given_fields(request, Lookup.TRANSACTION),
    )


def _form(
    resource: TransactionResource, request: Request, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    ticket, transaction = resource.ticket, resource.transaction
    queue = given.get("queue", "")
    chosen = int(queue) if queue.isdecimal() and len(queue) < 19 else ticket.queue_id
    name = dict(request.queues_seen).get(chosen, ticket.queue.name)
    internal = transaction.type == "Comment"
    fields = {
        "subject": Field("subject", "Subject", given.get("subject", ""), required=True),
        "queue": Field(
            "queue", "Queue", kind="select", required=True, options=queue_options(request, chosen, name)
        ),
        "requestor": Field(
            "requestor",
            "Whose request is it?",
            given.get("requestor", ""),
            hint="Addresses or login names between commas."
            + (" They do not see the comment." if internal else ""),
        ),
        "tell": Field(
            "tell",
            "Tell them with the usual automatic answer that there is a new request",
            kind="checkbox",
            checked=given.get("tell") == "1",
        ),
    }
    inputs = queue_inputs(request, chosen, wrong)
    ids = {key: field.id for key, field in fields.items()} | {each.name: each.id for each in inputs}
    parts = read_parts(resource.work, transaction.id)
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(f"#{ticket.id} {ticket.subject}", request.route_path("ticket.display", id=ticket.id)),
        ),
        "form": {key: _marked(field, wrong) for key, field in fields.items()},
        "field_inputs": inputs,
        "shown_queue": str(chosen),
        "token": secrets.token_urlsafe(16),
        "problems": [(ids.get(key), words) for key, words in wrong.items()],
        "internal": internal,
        "possible": transaction.type in MESSAGES,
        "writer": transaction.creator.display_name,
        "at": request.when(transaction.created),
        "said": Html(paragraphs(message_text(parts).strip()[:SHOWN])),
        "files": [part.filename or "a file" for part in parts if part.role == "file"],
        "post_url": request.route_path("ticket.split", id=ticket.id, txn=transaction.id),
        "back_url": request.route_path("ticket.display", id=ticket.id, _anchor=f"txn-{transaction.id}"),
    }


def _marked(field: Field, wrong: Mapping[str, str]) -> Field:
    return replace(field, error=wrong.get(field.name, ""))
