"""In the form of a reply, for staff: what went wrong and how it was fixed, for the customer to read."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.web.staff.forms import texts_of
from rtpy_portal.requests.telling import HOW_FIXED, WENT_WRONG
from rtpy_portal.web.ticket_facts import ticket_facts


def show_fields(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """With what is said already, or with what was typed in a form that was refused."""
    given = texts_of(request) if request.method == "POST" else {}
    told = ticket_facts(request, resource.ticket.id).told
    wrong, fixed = given.get(WENT_WRONG, told.went_wrong), given.get(HOW_FIXED, told.how_fixed)
    return {
        "wrong_name": WENT_WRONG,
        "fixed_name": HOW_FIXED,
        "wrong": wrong,
        "fixed": fixed,
        "is_open": bool(wrong or fixed),
    }
