"""Settling a promise, or making one outside of a reply."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_sla.promises.make import MakePromise
from rtpy_sla.promises.recorded import PromiseDeed
from rtpy_sla.promises.settle import SettlePromise
from rtpy_sla.promises.typed import read_until

DONE = {
    PromiseDeed.MADE: "The promise is noted. The customer reads it below the next reply.",
    PromiseDeed.KEPT: "The promise is kept.",
    PromiseDeed.MOVED: "The promise is moved. The customer reads the new date below the next reply.",
    PromiseDeed.WITHDRAWN: "The promise is withdrawn. Tell the customer.",
}


@view_config(route_name="sla.tickets.promise", request_method="POST", permission=Right.SHOW_TICKET)
def settle(resource: TicketResource, request: Request) -> HTTPSeeOther:
    """The changes themselves ask for the right."""
    given = texts_of(request)
    deed = _deed(given.get("deed", ""))
    due = read_until(given, request.work.now, request.zone, words="until", picked="until_at")
    if deed in (PromiseDeed.MADE, PromiseDeed.MOVED) and due is None:
        raise Invalid(Problem("until", "Say until when, such as “Friday noon”."))
    change = (
        MakePromise(due, given.get("words", ""), str(request.zone))
        if deed is PromiseDeed.MADE and due is not None
        else SettlePromise(
            number_in(given.get("cycle", "")) or 0, deed, due if deed is PromiseDeed.MOVED else None
        )
    )
    change_ticket(resource.work, resource.ticket, change)
    request.flash(DONE[deed])
    return HTTPSeeOther(request.route_path("ticket.display", id=resource.ticket.id))


def _deed(text: str) -> PromiseDeed:
    try:
        return PromiseDeed(text)
    except ValueError:
        raise Invalid(Problem("deed", "Say whether the promise is kept, moved or withdrawn.")) from None
