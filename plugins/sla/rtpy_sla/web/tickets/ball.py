"""Saying who has the ball on a ticket, or taking it back."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.forms import texts_of
from rtpy_sla.clocks.words import Ball
from rtpy_sla.following.changes import HandBall
from rtpy_sla.promises.typed import read_until
from rtpy_sla.web.words import HOLDERS

TAKE_BACK = "back"


@view_config(route_name="sla.tickets.ball", request_method="POST", permission=Right.SHOW_TICKET)
def hand_ball(resource: TicketResource, request: Request) -> HTTPSeeOther:
    """The change itself asks for the right."""
    given = texts_of(request)
    if given.get("deed") == TAKE_BACK:
        ball: Ball | None = Ball.US
        until = None
    else:
        ball = _ball(given.get("ball", ""))
        until = read_until(given, request.work.now, request.zone, words="until", picked="until_at")
    change_ticket(resource.work, resource.ticket, HandBall(ball, until, given.get("reason", "")))
    request.flash(f"{HOLDERS[ball]}." if ball else "Who has the ball goes by the status again.")
    return HTTPSeeOther(request.route_path("ticket.display", id=resource.ticket.id))


def _ball(text: str) -> Ball | None:
    """None for “as the status says”."""
    if not text:
        return None
    try:
        return Ball(text)
    except ValueError:
        raise Invalid(Problem("ball", "Choose one of the list.")) from None
