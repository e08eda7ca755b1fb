"""Custom fields on the page of a ticket: its own in the sidebar, those of each message below it, inputs to answer."""

from collections.abc import Sequence
from dataclasses import replace

from pyramid.request import Request

from rtpy.changes.change import Change
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import contents_of, contents_of_many
from rtpy.fields.definitions import fields_for
from rtpy.http.resources import TicketResource
from rtpy.web import shown
from rtpy.web.custom_fields.inputs import creation_inputs
from rtpy.web.custom_fields.posted import given_fields
from rtpy.web.custom_fields.values import show_boxes, show_plain


def show_ticket_fields(request: Request, resource: TicketResource) -> dict[str, object]:
    """The boxes of the sidebar and the inputs of the two forms. One query, none where no field applies."""
    ticket = resource.ticket
    boxes = []
    if fields_for(request.app, request.db, Lookup.TICKET, ticket.queue_id):
        held = contents_of(request.db, Lookup.TICKET, ticket.id)
        boxes = show_boxes(
            request, Lookup.TICKET, ticket.id, held, container_id=ticket.queue_id, roles=resource.roles
        )
    return {
        "field_boxes": boxes,
        "said_inputs": {
            kind: creation_inputs(
                request, Lookup.TRANSACTION, ticket.queue_id, prefix=kind, roles=resource.roles
            )
            for kind in ("reply", "comment")
        },
    }


def with_fields(
    request: Request, resource: TicketResource, entries: Sequence[shown.Entry]
) -> list[shown.Entry]:
    """The entries with the custom fields of each message. One query, none where messages have no fields."""
    queue_id = resource.ticket.queue_id
    if not fields_for(request.app, request.db, Lookup.TRANSACTION, queue_id):
        return list(entries)
    said = [entry.id for entry in entries if entry.kind != "event"]
    held = contents_of_many(request.db, Lookup.TRANSACTION, said)
    return [
        replace(
            entry,
            fields=show_plain(
                request, Lookup.TRANSACTION, queue_id, held[entry.id], entry.id, resource.roles
            ),
        )
        if entry.id in held
        else entry
        for entry in entries
    ]


def with_said_fields(request: Request, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The reply or comment among these changes, with the custom fields that the form showed."""
    given = given_fields(request, Lookup.TRANSACTION)
    return tuple(
        replace(each, fields=given) if isinstance(each, Correspond | Comment) else each for each in changes
    )
