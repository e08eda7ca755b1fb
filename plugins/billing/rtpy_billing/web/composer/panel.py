"""The fields beside the minutes: kind of work, charge, a note for the customer, the timer that runs."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.models import Ticket
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.describing import CHARGE, NOTE, TIMER, WORK_TYPE
from rtpy_billing.capture.kinds import own_organizations, work_types_offered
from rtpy_billing.capture.values import MODES, whole_minutes
from rtpy_billing.rights import LOG_TIME

LEAST = 30
"""Seconds of a timer below which it is not worth a question: it has just been started."""


def show_reply_fields(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """In the form of a reply."""
    return _fields(request, "reply", resource.ticket)


def show_comment_fields(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """In the form of a comment."""
    return _fields(request, "comment", resource.ticket)


def show_create_fields(request: Request, _: object) -> Mapping[str, Any] | None:
    """In the form of a new ticket; a timer on no ticket may have run during the call."""
    return _fields(request, "create", None)


def _fields(request: Request, deed: str, ticket: Ticket | None) -> Mapping[str, Any] | None:
    """What was typed comes back with the form that it was typed into."""
    if not request.work.rights.system(LOG_TIME):
        return None
    posted = texts_of(request) if request.method == "POST" and request.path.endswith(f"/{deed}") else {}
    ticket_id = ticket.id if ticket else None
    clock = next((each for each in request.clocks if each.ticket_id == ticket_id and not each.asks), None)
    is_own = ticket is not None and ticket.organization_id in own_organizations(request.work)
    modes = {**MODES, "": "as agreed: hidden, it is our own"} if is_own else MODES
    return {
        "deed": deed,
        "work_types": [(str(number), name) for number, name in work_types_offered(request.work).items()],
        "kind": posted.get(WORK_TYPE, str(clock.work_type_id or "") if clock else ""),
        "modes": [(value, words) for value, words in modes.items() if value != "undecided"],
        "mode": posted.get(CHARGE, ""),
        "note": posted.get(NOTE, ""),
        "clock": clock if clock is not None and clock.seconds >= LEAST else None,
        "clock_minutes": whole_minutes(clock.seconds) if clock else 0,
        "takes_clock": not posted or bool(posted.get(TIMER)),
    }
