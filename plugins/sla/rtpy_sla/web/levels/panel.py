"""The level of a ticket: chosen in the form of a new one, shown and changed beside one that is there."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.forms import Field, Option
from rtpy.web.staff.forms import texts_of
from rtpy_sla.levels.choosing import FIELD
from rtpy_sla.levels.known import levels_of


def show_create(request: Request, _subject: Any) -> Mapping[str, Any] | None:
    """A select in the form of a new ticket; None while no queue uses levels. No query."""
    levels = levels_of(request.app, request.db)
    if not levels.by_queue or not levels.by_name:
        return None
    chosen = texts_of(request).get(FIELD, "")
    options = (
        Option("", "That of the queue", not chosen),
        *(Option(name, name, name == chosen) for name in levels.names),
    )
    hint = "When the ticket starts and is due follows from it, in queues that use levels."
    return {"f": Field(FIELD, "Level (SLA)", chosen, "select", hint, options=options)}


def show_ticket(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """A card beside the ticket; None where its queue uses no levels. No query."""
    levels, ticket = levels_of(request.app, request.db), resource.ticket
    if ticket.queue_id not in levels.by_queue:
        return None
    is_known = ticket.sla.lower() in levels.by_name
    names = levels.names if is_known or not ticket.sla else (ticket.sla, *levels.names)
    return {
        "level": ticket.sla,
        "is_known": is_known or not ticket.sla,
        "options": [("", "none"), *((name, name) for name in names)],
        "post_url": request.route_path("ticket.modify", id=ticket.id)
        if resource.allows(Right.MODIFY_TICKET)
        else None,
    }
