"""The buttons of a timer: pause, go on, stop, discard; keep or cut one that was forgotten."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.timers import (
    cut_timer,
    discard_timer,
    find_timer,
    keep_timer,
    pause_timer,
    resume_timer,
)
from rtpy_billing.rights import LOG_TIME
from rtpy_billing.web.timers.start import back_url, tell_started

CUTS = {"cut_evidence": "evidence", "cut_day": "day_end"}


@view_config(route_name="billing.timers.change", request_method="POST", permission=LOG_TIME)
def change(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """One deed. To stop it pauses it and opens the form that logs its time: nothing is lost in between."""
    work, given = request.work, texts_of(request)
    timer, deed = find_timer(work, int(request.matchdict["id"])), given.get("deed", "")
    if deed in CUTS:
        clock = next(each for each in request.clocks if each.id == timer.id)
        at = getattr(clock, CUTS[deed])
        if at is None:
            raise Refused("This timer needs no cut any more: it was paused, or something was done since.")
        cut_timer(work, timer, at)
        request.flash("The timer is cut and paused.")
    elif deed == "pause":
        pause_timer(work, timer)
        request.flash("The timer is paused.")
    elif deed == "resume":
        tell_started(request, resume_timer(work, timer))
    elif deed == "keep":
        keep_timer(work, timer)
        request.flash("The timer runs on.")
    elif deed == "discard":
        discard_timer(work, timer)
        request.flash("The timer is discarded.")
    elif deed == "stop":
        pause_timer(work, timer)
        back = {"back": "ticket"} if timer.ticket_id else {}
        query = {"timer": str(timer.id), **back}
        return HTTPSeeOther(request.route_path("billing.entries.create", _query=query))
    else:
        raise Refused("There is no such button.")
    return HTTPSeeOther(back_url(request, given))
