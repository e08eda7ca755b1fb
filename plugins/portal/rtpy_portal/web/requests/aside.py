"""Beside a ticket, for staff: how its customers see it."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy_portal.web.ticket_facts import ticket_facts


def show_aside(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """Nothing on reminders, which no customer sees. No query of its own."""
    if resource.ticket.type != "ticket":
        return None
    number = resource.ticket.id
    told = ticket_facts(request, number).told
    return {
        "sight": "Nobody: it is hidden"
        if told.is_hidden
        else "Only who takes part in it"
        if told.is_private
        else "Who takes part, and colleagues who may",
        "is_away": told.is_hidden or told.is_private,
        "escalated": request.when(told.escalated) if told.escalated else None,
        "preview_url": request.route_path("portal.requests.preview", id=number),
        "sight_url": request.route_path("portal.requests.sight", id=number)
        if resource.allows(Right.MODIFY_TICKET)
        else None,
    }
