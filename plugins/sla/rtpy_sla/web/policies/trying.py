"""Which policy each open ticket would get, and giving it to those that are ticked."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_named, texts_of
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.policies.pinning import pin_fitting
from rtpy_sla.policies.trying import Tried, dry_run
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.tickets.policy import ANSWERS

MOST = 200


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One ticket."""

    id: int
    subject: str
    url: str
    now: str
    then: str
    differs: bool


@view_config(
    route_name="sla.policies.trying",
    request_method="GET",
    renderer="sla/policies/try.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """Tickets that would get another policy; with `?all=1` all that are open."""
    return _page(request)


@view_config(
    route_name="sla.policies.trying",
    request_method="POST",
    renderer="sla/policies/try.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def apply(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Pin what fits now to those that are ticked."""
    given = texts_of(request)
    numbers = {number for text in texts_named(request, "ticket") if (number := number_in(text)) is not None}
    try:
        if not numbers:
            raise Invalid(Problem("ticket", "Tick the tickets that shall get what fits them."))
        changed = pin_fitting(request.work, numbers, _retarget(given), given.get("reason", ""))
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, problems_of(invalid), given.get("reason", ""))
    request.flash(f"{changed} ticket{'' if changed == 1 else 's'} changed.")
    return HTTPSeeOther(request.route_path("sla.policies.trying"))


def _retarget(given: Mapping[str, str]) -> Retarget:
    try:
        return Retarget(given.get("retarget", ""))
    except ValueError:
        raise Invalid(Problem("retarget", "Say what becomes of the clocks that run.")) from None


def _page(request: Request, problems: Mapping[str, str] | None = None, reason: str = "") -> dict[str, object]:
    path, with_all = request.route_path, request.GET.get("all") == "1"
    found = dry_run(request.work, most=MOST + 1, all_of_them=with_all)
    rows = [_row(request, each) for each in found[:MOST]]
    here = path("sla.policies.trying")
    return {
        "crumbs": admin_crumbs(request, Link("Policies", path("sla.policies.list"))),
        "title": "Which tickets get which policy",
        "tabs": (
            Link("Would change", here, not with_all),
            Link("All open tickets", f"{here}?all=1", with_all),
        ),
        "rows": rows,
        "more": len(found) > MOST,
        "may_apply": any(row.differs for row in rows),
        "answers": [(how.value, *ANSWERS[how]) for how in Retarget],
        "reason": reason,
        "problems": [(None, text) for text in (problems or {}).values()],
        "post_url": here,
    }


def _row(request: Request, tried: Tried) -> TriedRow:
    versions = catalogue_of(request.app, request.db).versions
    known = [versions.get(number or 0) for number in (tried.now, tried.then)]
    now, then = (f"{each.name}, version {each.number}" if each else "" for each in known)
    url = request.route_path("ticket.display", id=tried.ticket_id)
    return TriedRow(tried.ticket_id, tried.subject or "(no subject)", url, now, then, tried.now != tried.then)
