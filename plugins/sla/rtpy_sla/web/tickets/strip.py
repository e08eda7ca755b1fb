"""The strip under the head of a ticket: what is owed until when, who has the ball, what was promised."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy_sla.clocks.words import Ball
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL
from rtpy_sla.web.tickets.lines import lines_of, standing_on
from rtpy_sla.web.words import HOLDERS, say_due

MOST = 4
"""Lines on the ticket itself; the others stand on the page of all clocks."""


def show_strip(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """None for a ticket that no service level, ball or promise is about. Two queries."""
    standing = standing_on(request, resource)
    if standing is None:
        return None
    lines = lines_of(request, standing)
    path, number = request.route_path, resource.ticket.id
    offered = bool(standing.offered) and resource.work.rights.system(CHANGE_SERVICE_LEVEL)
    is_away = standing.ball is not Ball.US
    if not lines and not offered and not is_away:
        return None
    wakes = say_due(standing.wakes, request.work.now, request.zone) if standing.wakes else ""
    return {
        "clocks": [each for each in lines if not each.is_promise][:MOST],
        "promises": [each for each in lines if each.is_promise][:MOST],
        "more": max(len(lines) - MOST, 0),
        "all_url": path("sla.clocks.list", id=number),
        "ball": HOLDERS[standing.ball] if is_away else "",
        "until": wakes,
        "offered": standing.offered if offered else "",
        "policy_url": path("sla.tickets.policy", id=number),
    }
