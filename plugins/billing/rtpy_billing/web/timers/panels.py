"""Timers on pages of the core: in the bar at the top, on the first page, beside a ticket."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy_billing.capture.clocks import Clock
from rtpy_billing.rights import LOG_TIME

ASKED = {
    "idle": "It has run for long, and nothing else was done meanwhile.",
    "day": "It ran past the end of the day.",
}


def show_header(request: Request, _: object) -> Mapping[str, Any] | None:
    """What runs, or how many are paused; nothing without timers."""
    clocks: tuple[Clock, ...] = request.clocks
    if not clocks:
        return None
    first = clocks[0]
    return {
        "clock": first if first.is_running else None,
        "paused": sum(not each.is_running for each in clocks),
    }


def show_home(request: Request, _: object) -> Mapping[str, Any] | None:
    """The timer that was probably forgotten, with the ways out."""
    asking = [each for each in request.clocks if each.asks]
    return {"clock": asking[0], "why": ASKED[asking[0].asks]} if asking else None


def show_on_ticket(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """The clock of this ticket with its buttons, and the way to its entries. No query of its own."""
    may_log = request.work.rights.system(LOG_TIME) and any(
        resource.allows(right)
        for right in (Right.COMMENT_ON_TICKET, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
    )
    if not may_log:
        return None
    ticket = resource.ticket
    here = next((each for each in request.clocks if each.ticket_id == ticket.id), None)
    return {"ticket": ticket, "clock": here}
