"""Which service level a ticket has: what fits now and what each answer would mean, or another one by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import TicketResource
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.changes import PinPolicy
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.following.standing import Standing
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL
from rtpy_sla.web.clocks.list import ticket_crumbs
from rtpy_sla.web.tickets.lines import standing_on
from rtpy_sla.web.tickets.trying import Would, open_clocks
from rtpy_sla.web.words import say_due

ANSWERS = {
    Retarget.KEEP: (
        "Keep what runs",
        "Clocks that run keep their due moments; new ones follow the other service level.",
    ),
    Retarget.FROM_NOW: ("Count from now", "Clocks that run begin anew at this moment."),
    Retarget.FROM_CREATION: (
        "Count from the start",
        "Clocks that run are counted anew from when each began.",
    ),
}
NONE = "none"


@dataclass(frozen=True, slots=True)
class Answer:
    """One way, and what would be due then."""

    value: str
    title: str
    text: str
    clocks: tuple[tuple[str, str, bool], ...]


@view_config(
    route_name="sla.tickets.policy",
    request_method="GET",
    renderer="sla/tickets/policy.pt",
    permission=CHANGE_SERVICE_LEVEL,
)
def show_policy(resource: TicketResource, request: Request) -> dict[str, object]:
    """`?version=` looks at another one than the one that is offered."""
    return _page(resource, request, request.GET.get("version", ""))


@view_config(
    route_name="sla.tickets.policy",
    request_method="POST",
    renderer="sla/tickets/policy.pt",
    permission=CHANGE_SERVICE_LEVEL,
)
def pin(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Pin it."""
    given = texts_of(request)
    chosen = given.get("version", "")
    try:
        version_id = None if chosen == NONE else _known(request, chosen)
        retarget = _retarget(given.get("retarget", ""))
        change_ticket(
            resource.work, resource.ticket, PinPolicy(version_id, retarget, given.get("reason", ""))
        )
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(resource, request, chosen, problems_of(invalid), given.get("reason", ""))
    request.flash(
        "The service level is changed." if version_id else "The ticket has no service level any more."
    )
    return HTTPSeeOther(request.route_path("ticket.display", id=resource.ticket.id))


def _page(
    resource: TicketResource,
    request: Request,
    chosen: str,
    problems: Mapping[str, str] | None = None,
    reason: str = "",
) -> dict[str, object]:
    standing, catalogue = standing_on(request, resource), catalogue_of(request.app, request.db)
    version_id = _looked_at(request, chosen, standing)
    known = catalogue.versions.get(version_id or 0)
    tried = open_clocks(resource.work, resource.ticket, version_id) if known or chosen == NONE else {}
    offered = standing.offered_version_id if standing else None
    return {
        "crumbs": ticket_crumbs(request, resource),
        "title": f"Service level of #{resource.ticket.id}",
        "present": f"{standing.policy}, version {standing.number}" if standing and standing.policy else "",
        "offered": standing.offered if standing and offered and offered == version_id else "",
        "looked_at": f"{known.name}, version {known.number}"
        if known
        else "no service level"
        if tried
        else "",
        "version": NONE if chosen == NONE else str(version_id or ""),
        "choices": [
            *((str(each.id), each.name) for each in catalogue.offered),
            *([(NONE, "no service level")] if standing and standing.version_id else []),
        ],
        "answers": [
            Answer(how.value, *ANSWERS[how], tuple(_said(request, each) for each in clocks))
            for how, clocks in tried.items()
            if chosen != NONE or how is Retarget.KEEP
        ],
        "reason": reason,
        "problems": [(None, text) for text in (problems or {}).values()],
        "post_url": request.path,
        "zone": str(request.zone),
    }


def _said(request: Request, would: Would) -> tuple[str, str, bool]:
    due = say_due(would.due, request.work.now, request.zone) if would.due else "paused"
    return would.name, due, would.is_missed


def _looked_at(request: Request, chosen: str, standing: Standing | None) -> int | None:
    number = number_in(chosen)
    if number is not None and number in catalogue_of(request.app, request.db).versions:
        return number
    return standing.offered_version_id if standing and chosen != NONE else None


def _known(request: Request, chosen: str) -> int:
    number = number_in(chosen)
    if number is None or number not in catalogue_of(request.app, request.db).versions:
        raise Invalid(Problem("version", "Choose a service level of the list."))
    return number


def _retarget(text: str) -> Retarget:
    try:
        return Retarget(text)
    except ValueError:
        raise Invalid(Problem("retarget", "Say what becomes of the clocks that run.")) from None
