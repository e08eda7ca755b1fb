"""The answer to a suggestion."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.duration import read_minutes
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.suggesting import accept_suggestion, dismiss_suggestion
from rtpy_billing.rights import LOG_TIME


@view_config(route_name="billing.suggestions.answer", request_method="POST", permission=LOG_TIME)
def answer(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """Log it for the time in the form, or say that it was nothing."""
    work, given = request.work, texts_of(request)
    number, deed = int(request.matchdict["id"]), given.get("deed", "")
    if deed == "accept":
        entry = accept_suggestion(work, number, _minutes(given.get("minutes", "")))
        request.flash(f"{entry.worked_seconds // 60} minutes are logged.")
    elif deed == "dismiss":
        dismiss_suggestion(work, number)
        request.flash("It is not proposed again.", "info")
    else:
        raise Refused("There is no such answer.")
    return HTTPSeeOther(request.route_path("billing.suggestions.list"))


def _minutes(text: str) -> int | None:
    try:
        return read_minutes(text) if text.strip() else None
    except ValueError as wrong:
        raise Invalid(Problem("minutes", str(wrong))) from None
