"""Starting a timer."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.redirects import is_safe_path
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.allowed import find_ticket
from rtpy_billing.capture.timers import LONGEST_LABEL, Started, start_timer
from rtpy_billing.rights import LOG_TIME
from rtpy_billing.typed import Typed


@view_config(route_name="billing.timers.start", request_method="POST", permission=LOG_TIME)
def start(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """On the ticket of that number, or on what the label names; what ran before is paused, and that is said."""
    work, given = request.work, texts_of(request)
    typed = Typed({**given, "ticket": given.get("ticket", "").strip().removeprefix("#")})
    number, label = typed.number("ticket", 1, 10**12), typed.text("label", LONGEST_LABEL)
    typed.check()
    if number is None and not label:
        raise Invalid(Problem("ticket", "Write the number of a ticket, or what it is that you do."))
    tell_started(request, start_timer(work, find_ticket(work, number) if number else None, label=label))
    return HTTPSeeOther(back_url(request, given))


def tell_started(request: Request, started: Started) -> None:
    """Say what runs now, and what stands for it."""
    paused = started.paused
    request.flash("The timer runs.")
    if paused is not None:
        what = f"on ticket #{paused.ticket_id}" if paused.ticket_id else f"for “{paused.label}”"
        minutes = paused.seconds // 60
        request.flash(f"The timer {what} is paused at {minutes // 60}:{minutes % 60:02d}.", "info")


def back_url(request: Request, given: dict[str, str]) -> str:
    """The page on which the button was, else that of the timers."""
    here = given.get("here", "")
    found: str = here if is_safe_path(here) else request.route_path("billing.timers.list")
    return found
