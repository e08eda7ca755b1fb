"""The card beside a ticket: its service level, who has the ball and the form that says so, promises to be settled."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy_sla.clocks.words import Ball, State, Target
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL
from rtpy_sla.web.tickets.lines import line_of, standing_on
from rtpy_sla.web.words import BALLS, HOLDERS, say_due


def show_aside(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """None where there are no service levels at all, or none on this ticket and no right to give it one. No query."""
    standing = standing_on(request, resource)
    may_change = resource.work.rights.system(CHANGE_SERVICE_LEVEL)
    if standing is None and not (may_change and catalogue_of(request.app, request.db).offered):
        return None
    path, number = request.route_path, resource.ticket.id
    may_promise = resource.allows(Right.REPLY_TO_TICKET) or resource.allows(Right.MODIFY_TICKET)
    ball = standing.ball if standing else Ball.US
    wakes = standing.wakes if standing else None
    is_active = resource.ticket.status in request.app.lifecycles.active_statuses()
    promises = [
        (clock.cycle, line_of(request, standing, clock))
        for clock in (standing.clocks if standing else ())
        if standing and clock.target is Target.PROMISE and clock.state is State.RUNNING
    ]
    return {
        "number": number,
        "policy": standing.policy if standing else "",
        "version": standing.number if standing else 0,
        "policy_url": path("sla.tickets.policy", id=number) if may_change else None,
        "all_url": path("sla.clocks.list", id=number) if standing else None,
        "holder": HOLDERS[ball],
        "until": say_due(wakes, request.work.now, request.zone) if wakes else "",
        "is_away": ball is not Ball.US,
        "balls": [(each.value, words) for each, words in BALLS.items()],
        "ball": ball.value,
        "ball_url": path("sla.tickets.ball", id=number) if may_change and is_active else None,
        "promises": promises,
        "promise_url": path("sla.tickets.promise", id=number) if may_promise else None,
        "zone_name": str(request.zone),
    }
